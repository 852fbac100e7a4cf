namespace EdgeBuild.Generators.Models;

/// <summary>How well one output was answered on the test rows.</summary>
/// <param name="Key"><c>prompt/output</c>.</param>
/// <param name="Accuracy">The share of right answers, 0 to 1.</param>
/// <param name="BaseAccuracy">The same of the untuned base.</param>
/// <param name="Rows">The number of test rows.</param>
internal sealed record Score(string Key, double Accuracy, double BaseAccuracy, int Rows)
{
    /// <summary>Gets the mean overlap with the rows' texts; null for other outputs than free text.</summary>
    public double? RougeL { get; init; }

    /// <summary>Gets the same of the untuned base; null in lock files of older versions too.</summary>
    public double? BaseRougeL { get; init; }
}
