namespace EdgeBuild.Worker.Evaluation;

/// <summary>The answers of a range of confidence: how sure the model was, and how often it was right (Guo et al. 2017, arXiv 1706.04599).</summary>
/// <param name="Confidence">The mean confidence, 0 to 1.</param>
/// <param name="Accuracy">The share of right answers, 0 to 1.</param>
/// <param name="Rows">The number of answers.</param>
public sealed record ReliabilityBin(double Confidence, double Accuracy, int Rows)
{
    private const int Bins = 10;

    /// <summary>Sorts answers into ten equal ranges of confidence.</summary>
    /// <param name="outcomes">The answers.</param>
    /// <returns>The ranges that have answers, the least confident first.</returns>
    public static IReadOnlyList<ReliabilityBin> Of(IReadOnlyCollection<RowOutcome> outcomes) => Of(outcomes, outcome => outcome.Confidence);

    /// <summary>Sorts answers by another confidence than their own.</summary>
    /// <param name="outcomes">The answers.</param>
    /// <param name="confidence">The confidence of an answer, 0 to 1.</param>
    /// <returns>The ranges that have answers, the least confident first.</returns>
    public static IReadOnlyList<ReliabilityBin> Of(IReadOnlyCollection<RowOutcome> outcomes, Func<RowOutcome, double> confidence) =>
    [
        .. outcomes.GroupBy(outcome => Math.Min(Bins - 1, (int)(confidence(outcome) * Bins)))
            .OrderBy(bin => bin.Key)
            .Select(bin => new ReliabilityBin(bin.Average(confidence), bin.Average(outcome => outcome.Right ? 1.0 : 0.0), bin.Count())),
    ];

    /// <summary>Computes the expected calibration error, equation 3 of the paper.</summary>
    /// <param name="bins">The ranges.</param>
    /// <returns>The weighted mean distance of confidence and accuracy, 0 to 1; 0 without answers.</returns>
    public static double ExpectedError(IReadOnlyCollection<ReliabilityBin> bins)
    {
        int rows = bins.Sum(bin => bin.Rows);
        return rows == 0 ? 0 : bins.Sum(bin => Math.Abs(bin.Confidence - bin.Accuracy) * bin.Rows) / rows;
    }
}
