namespace EdgeBuild.Contracts;

/// <summary>How good one output of a model is, as a build log says it.</summary>
/// <param name="Name">The name: <c>prompt/output</c>.</param>
/// <param name="Value">The share of right answers, 0 to 1; for free text its chrF.</param>
/// <param name="BaseValue">The same of the untuned base.</param>
/// <param name="Rows">The number of test rows.</param>
/// <param name="IsText">Whether it is free text.</param>
public sealed record ModelFigure(string Name, double Value, double BaseValue, int Rows, bool IsText = false);
