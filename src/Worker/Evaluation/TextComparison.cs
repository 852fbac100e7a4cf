namespace EdgeBuild.Worker.Evaluation;

/// <summary>
/// Two models' free texts on the same rows, by the paired bootstrap (P. Koehn, "Statistical significance tests for machine translation evaluation",
/// EMNLP 2004): rows are drawn for both at once, so what makes a row hard for both is no noise.
/// </summary>
/// <param name="Rows">The number of rows that both have.</param>
/// <param name="RougeL">The difference of ROUGE-L, new less old.</param>
/// <param name="Chrf">The difference of chrF, new less old.</param>
public sealed record TextComparison(int Rows, double RougeL, double Chrf)
{
    /// <summary>Gets the interval of 95 % of the difference of ROUGE-L.</summary>
    public required (double Low, double High) RougeLInterval { get; init; }

    /// <summary>Gets the interval of 95 % of the difference of chrF.</summary>
    public required (double Low, double High) ChrfInterval { get; init; }

    /// <summary>Gets a value indicating whether the new one is worse and chance does not explain it.</summary>
    public bool IsSignificantlyWorse => ChrfInterval.High < 0;

    /// <summary>Compares the answers to the rows that both have, whatever their order.</summary>
    /// <param name="current">The new answers.</param>
    /// <param name="previous">The old answers.</param>
    /// <returns>The comparison; no rows when none are the same.</returns>
    public static TextComparison Of(IEnumerable<RowOutcome> current, IEnumerable<RowOutcome> previous)
    {
        // A row that stands twice counts once.
        var before = previous.DistinctBy(outcome => outcome.Hash).ToDictionary(outcome => outcome.Hash, StringComparer.Ordinal);
        (TextMatch New, TextMatch Old)[] pairs =
        [
            .. current.DistinctBy(outcome => outcome.Hash).Where(outcome => before.ContainsKey(outcome.Hash))
                .Select(outcome => (TextMatch.Of(outcome), TextMatch.Of(before[outcome.Hash]))),
        ];
        int[] all = [.. Enumerable.Range(0, pairs.Length)];
        return new TextComparison(pairs.Length, RougeLDifference(all), ChrfDifference(all))
        {
            RougeLInterval = Bootstrap.Interval(pairs.Length, RougeLDifference),
            ChrfInterval = Bootstrap.Interval(pairs.Length, ChrfDifference),
        };

        double RougeLDifference(int[] rows) => rows.Length == 0 ? 0 : rows.Average(row => pairs[row].New.RougeL - pairs[row].Old.RougeL);

        double ChrfDifference(int[] rows) =>
            Evaluation.Chrf.ScoreOf(rows.Select(row => pairs[row].New.Grams)) - Evaluation.Chrf.ScoreOf(rows.Select(row => pairs[row].Old.Grams));
    }
}
