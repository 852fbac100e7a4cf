namespace EdgeBuild.Worker.Watching;

/// <summary>The course of a training that goes on.</summary>
/// <param name="Losses">The loss of each step.</param>
/// <param name="ValidationLosses">The losses on validation rows.</param>
/// <param name="TokensPerSecond">The speed of the last step; null before the first.</param>
public sealed record RunningMetrics(IReadOnlyList<double> Losses, IReadOnlyList<double> ValidationLosses, double? TokensPerSecond);
