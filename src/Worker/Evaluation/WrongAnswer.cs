namespace EdgeBuild.Worker.Evaluation;

/// <summary>A row that the model answers differently than its label says.</summary>
/// <param name="File">The dataset as the project names it.</param>
/// <param name="Line">The row's line, from 1.</param>
/// <param name="Expected">The label of the row.</param>
/// <param name="Predicted">The model's answer.</param>
/// <param name="Confidence">The probability of that answer, 0 to 1.</param>
public sealed record WrongAnswer(string File, int Line, string Expected, string Predicted, double Confidence);
