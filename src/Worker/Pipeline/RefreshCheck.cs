namespace EdgeBuild.Worker.Pipeline;

/// <summary>
/// Whether a refreshed adapter may take the place of the one that it started from: both are measured on the same validation rows, and the
/// differences of the rows say whether a worse mean is more than chance. What a few rows teach moves the loss of all others a little in either direction,
/// and the parent was chosen as the best on these rows, so a plain comparison would throw away most refreshes for nothing.
/// </summary>
public static class RefreshCheck
{
    /// <summary>One-sided, 5 %.</summary>
    private const double Significance = 1.645;

    /// <summary>With few rows nearly anything may be chance; a larger loss is never accepted.</summary>
    private const double LargestIncrease = 0.1;

    /// <summary>Many rows make the smallest difference significant; a smaller one than this changes no answer.</summary>
    private const double LeastIncrease = 0.01;

    /// <summary>The same in nats a row, for losses near zero.</summary>
    private const double LeastDifference = 0.001;

    /// <summary>Compares.</summary>
    /// <param name="before">The loss of each row with the parent.</param>
    /// <param name="after">The loss of each row with the refreshed adapter.</param>
    /// <returns>Whether the refreshed one is not worse.</returns>
    public static bool IsAsGood(IReadOnlyList<double> before, IReadOnlyList<double> after)
    {
        double[] differences = [.. before.Zip(after, (old, @new) => @new - old)];
        double increase = differences.Average();
        double parent = before.Average();
        if (increase <= Math.Max(LeastDifference, LeastIncrease * parent))
        {
            return true;
        }

        double variance = differences.Length < 2 ? 0 : differences.Sum(difference => Math.Pow(difference - increase, 2)) / (differences.Length - 1);
        return increase <= Significance * Math.Sqrt(variance / differences.Length) && increase <= LargestIncrease * parent;
    }
}
