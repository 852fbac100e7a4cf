namespace EdgeBuild.Worker.Evaluation;

/// <summary>How good a classifier is that was trained on a part of the rows.</summary>
/// <param name="Prompt">The prompt's name.</param>
/// <param name="Output">The output's name.</param>
/// <param name="Rows">The number of training rows.</param>
/// <param name="Accuracy">Its accuracy on the test rows, 0 to 1.</param>
public sealed record DataSizePoint(string Prompt, string Output, int Rows, double Accuracy);
