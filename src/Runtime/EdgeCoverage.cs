namespace EdgeBuild.Runtime;

/// <summary>How many answers of an output are confident at the precision that the client asks for, as the build has measured it.</summary>
/// <param name="Output">The labelled output.</param>
/// <param name="Precision">The share of right answers that the thresholds were made for, from 0 to 1.</param>
/// <param name="Coverage">The share of the test rows whose answer is confident, from 0 to 1.</param>
/// <param name="Measured">The share of those answers that are right, from 0 to 1.</param>
/// <param name="TestRows">The number of test rows.</param>
public sealed record EdgeCoverage(string Output, double Precision, double Coverage, double Measured, int TestRows);
