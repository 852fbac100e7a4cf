namespace EdgeBuild.Runtime;

/// <summary>A label and how probable it is.</summary>
/// <param name="Label">The label.</param>
/// <param name="Probability">Its probability, from 0 to 1; those of all labels of a field sum to 1.</param>
public readonly record struct LabelProbability(string Label, double Probability);
