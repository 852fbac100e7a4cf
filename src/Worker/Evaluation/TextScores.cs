namespace EdgeBuild.Worker.Evaluation;

/// <summary>How much generated texts overlap with those of the rows.</summary>
/// <param name="RougeL">The mean F1 of the longest common subsequence of words (C.-Y. Lin, ROUGE, 2004), 0 to 1.</param>
/// <param name="Chrf">The F2 of character n-grams over all rows (M. Popović, chrF, 2015), 0 to 1.</param>
public sealed record TextScores(double RougeL, double Chrf)
{
    /// <summary>Gets the interval of 95 % of ROUGE-L, by the bootstrap over rows.</summary>
    public required (double Low, double High) RougeLInterval { get; init; }

    /// <summary>Gets the interval of 95 % of chrF, by the bootstrap over rows.</summary>
    public required (double Low, double High) ChrfInterval { get; init; }

    /// <summary>Computes both.</summary>
    /// <param name="outcomes">The answers.</param>
    /// <returns>The scores; 0 without answers.</returns>
    public static TextScores Of(IReadOnlyCollection<RowOutcome> outcomes)
    {
        TextMatch[] rows = [.. outcomes.Select(TextMatch.Of)];
        return new TextScores(rows.Length == 0 ? 0 : rows.Average(row => row.RougeL), Evaluation.Chrf.ScoreOf(rows.Select(row => row.Grams)))
        {
            RougeLInterval = Bootstrap.Interval(rows.Length, drawn => drawn.Average(row => rows[row].RougeL)),
            ChrfInterval = Bootstrap.Interval(rows.Length, drawn => Evaluation.Chrf.ScoreOf(drawn.Select(row => rows[row].Grams))),
        };
    }
}
