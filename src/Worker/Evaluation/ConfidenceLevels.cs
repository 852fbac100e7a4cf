using EdgeBuild.Runtime;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>
/// Finds for each label and precision the smallest probability from which on the label's answers are right that often, and measures on other rows
/// how many answers that leaves.
/// </summary>
public static class ConfidenceLevels
{
    /// <summary>
    /// So many rows' worth counts what the calibrated probabilities themselves say: a label has few validation rows, and three right answers of
    /// three are no proof of 100 %.
    /// </summary>
    private const double PriorRows = 10;

    /// <summary>
    /// The lowest threshold that seems to be enough is the luckiest one as well: half a standard error below the estimate must be enough. In
    /// simulations with calibrated probabilities and 16, 60 and 300 rows a label, 95 % asked for became 95.7 to 95.9 %.
    /// </summary>
    private const double StandardErrors = 0.5;

    private static readonly double[] _precisions = [0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995, 0.999];

    /// <summary>Finds the thresholds.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="validation">Answers to rows that were not trained on.</param>
    /// <param name="test">Answers to rows that the thresholds are measured on.</param>
    /// <returns>One entry for each precision, rising.</returns>
    public static IReadOnlyList<EdgeManifestPrecision> Find(
        IReadOnlyList<string> labels, IReadOnlyList<MeasuredAnswer> validation, IReadOnlyList<MeasuredAnswer> test)
    {
        ILookup<string, MeasuredAnswer> byLabel = validation.ToLookup(answer => answer.Label, StringComparer.Ordinal);
        return
        [
            .. _precisions.Select(precision => Measure(
                precision,
                labels.Select(label => (label, Threshold: Threshold([.. byLabel[label]], precision)))
                    .Where(entry => entry.Threshold <= 1)
                    .ToDictionary(entry => entry.label, entry => entry.Threshold, StringComparer.Ordinal),
                test)),
        ];
    }

    private static double Threshold(MeasuredAnswer[] answers, double precision)
    {
        double lowest = double.PositiveInfinity;
        int right = 0;
        double confidence = 0;
        MeasuredAnswer[] ordered = [.. answers.OrderByDescending(answer => answer.Confidence)];
        for (int count = 1; count <= ordered.Length; count++)
        {
            right += ordered[count - 1].Right ? 1 : 0;
            confidence += ordered[count - 1].Confidence;
            double estimate = (right + (PriorRows * confidence / count)) / (count + PriorRows);
            if (estimate - (StandardErrors * Math.Sqrt(estimate * (1 - estimate) / (count + PriorRows))) >= precision)
            {
                lowest = ordered[count - 1].Confidence;
            }
        }

        // Beyond the rows that there are, the probability is taken at its word: above the highest that was not enough, and below the lowest
        // when all of them were.
        bool all = ordered.Length == 0 || lowest <= ordered[^1].Confidence;
        double unseen = all ? precision : Math.Max(precision, Math.BitIncrement(ordered[0].Confidence));
        return Math.Min(lowest, unseen);
    }

    private static EdgeManifestPrecision Measure(double precision, Dictionary<string, double> thresholds, IReadOnlyList<MeasuredAnswer> test)
    {
        MeasuredAnswer[] confident =
            [.. test.Where(answer => !answer.IsUnfamiliar && thresholds.TryGetValue(answer.Label, out double threshold) && answer.Confidence >= threshold)];
        return new EdgeManifestPrecision
        {
            Precision = precision,
            Thresholds = thresholds,
            Coverage = test.Count == 0 ? 0 : (double)confident.Length / test.Count,
            Measured = confident.Length == 0 ? 1 : (double)confident.Count(answer => answer.Right) / confident.Length,
        };
    }
}
