namespace EdgeBuild.Contracts.Plans;

/// <summary>What the shipped file must reach on the test rows.</summary>
/// <param name="MinAccuracy">The least accuracy of every output, 0 to 1; null for none.</param>
/// <param name="MaxRegression">The largest loss of accuracy against the lock file's figure on the same rows; null for none.</param>
public sealed record PlannedGates(double? MinAccuracy, double? MaxRegression);
