namespace EdgeBuild.Contracts.Plans;

/// <summary>What the shipped file must reach on the test rows.</summary>
/// <param name="MinAccuracy">The least share of exact answers of every output that no gate for its kind judges, 0 to 1; null for none.</param>
/// <param name="MaxRegression">
/// The largest loss of accuracy (chrF for free text) against the last shipped file on the same rows; null when it must only not be significantly worse.
/// </param>
public sealed record PlannedGates(double? MinAccuracy, double? MaxRegression)
{
    /// <summary>Gets the least mean F1 of every labelled output, 0 to 1; null for none.</summary>
    public double? MinF1 { get; init; }

    /// <summary>Gets the least ROUGE-L of every free text, 0 to 1; null for none.</summary>
    public double? MinRougeL { get; init; }

    /// <summary>Gets the least chrF of every free text, 0 to 1; null for none.</summary>
    public double? MinChrf { get; init; }

    /// <summary>Gets the least share of exact fields of every array and object, 0 to 1; null for none.</summary>
    public double? MinFieldAccuracy { get; init; }

    /// <summary>Gets the largest loss of accuracy against the same model before quantizing; null for none.</summary>
    public double? MaxQuantizationLoss { get; init; }
}
