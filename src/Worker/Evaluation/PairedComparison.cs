namespace EdgeBuild.Worker.Evaluation;

/// <summary>Two models on the same rows: the rows that only one of them answers right say which is better.</summary>
/// <param name="Rows">The number of rows that both have.</param>
/// <param name="Gained">Rows that only the new one answers right.</param>
/// <param name="Lost">Rows that only the old one answers right.</param>
public sealed record PairedComparison(int Rows, int Gained, int Lost)
{
    /// <summary>Two-sided: an equal model is called worse once in forty builds.</summary>
    private const double Significance = 0.05;

    /// <summary>Gets the difference of the accuracies, new less old.</summary>
    public double Difference => Rows == 0 ? 0 : (double)(Gained - Lost) / Rows;

    /// <summary>Gets the p-value of McNemar's exact test (Q. McNemar, Psychometrika 12, 1947; exact by the binomial distribution), two-sided.</summary>
    public double PValue
    {
        get
        {
            int trials = Gained + Lost;
            if (trials == 0)
            {
                return 1;
            }

            // Σ C(n, k) / 2ⁿ over the smaller tail, in logarithms since n may be large.
            double logarithm = -trials * Math.Log(2);
            double tail = 0;
            for (int k = 0; k <= Math.Min(Gained, Lost); k++)
            {
                tail += Math.Exp(logarithm);
                logarithm += Math.Log(trials - k) - Math.Log(k + 1);
            }

            return Math.Min(1, 2 * tail);
        }
    }

    /// <summary>
    /// Gets the interval of 95 % of the difference (D. G. Bonett and R. M. Price, "Adjusted Wald confidence interval for a difference of binomial
    /// proportions based on paired data", Journal of Educational and Behavioral Statistics 37, 2012).
    /// </summary>
    public (double Low, double High) Interval
    {
        get
        {
            double gained = (Gained + 1.0) / (Rows + 2);
            double lost = (Lost + 1.0) / (Rows + 2);
            double center = gained - lost;
            double half = WilsonInterval.Quantile * Math.Sqrt((gained + lost - (center * center)) / (Rows + 2));
            return (Math.Max(-1, center - half), Math.Min(1, center + half));
        }
    }

    /// <summary>Gets a value indicating whether the new one is worse and chance does not explain it.</summary>
    public bool IsSignificantlyWorse => Lost > Gained && PValue < Significance;

    /// <summary>Compares the answers to the rows that both have, whatever their order.</summary>
    /// <param name="current">The new answers.</param>
    /// <param name="previous">The old answers.</param>
    /// <returns>The comparison; no rows when none are the same.</returns>
    public static PairedComparison Of(IEnumerable<RowOutcome> current, IEnumerable<RowOutcome> previous)
    {
        // A row that stands twice counts once.
        var before = previous.DistinctBy(outcome => outcome.Hash).ToDictionary(outcome => outcome.Hash, outcome => outcome.Right, StringComparer.Ordinal);
        (bool New, bool Old)[] pairs = [.. current.DistinctBy(outcome => outcome.Hash).Where(outcome => before.ContainsKey(outcome.Hash)).Select(outcome => (outcome.Right, before[outcome.Hash]))];
        return new PairedComparison(pairs.Length, pairs.Count(pair => pair.New && !pair.Old), pairs.Count(pair => pair.Old && !pair.New));
    }
}
