namespace EdgeBuild.Worker.Evaluation;

/// <summary>The answer of a labelled output to one row.</summary>
/// <param name="Label">The label that the model chose.</param>
/// <param name="Confidence">Its probability, 0 to 1.</param>
/// <param name="Right">Whether it is that of the row.</param>
/// <param name="IsUnfamiliar">Whether the row looked unlike the training data.</param>
public readonly record struct MeasuredAnswer(string Label, double Confidence, bool Right, bool IsUnfamiliar);
