namespace EdgeBuild.Worker.Evaluation;

/// <summary>How much generated texts overlap with those of the rows.</summary>
/// <param name="RougeL">The mean F1 of the longest common subsequence of words (C.-Y. Lin, ROUGE, 2004), 0 to 1.</param>
/// <param name="Chrf">The F2 of character n-grams over all rows (M. Popović, chrF, 2015), 0 to 1.</param>
public sealed record TextScores(double RougeL, double Chrf)
{
    /// <summary>Computes both.</summary>
    /// <param name="outcomes">The answers.</param>
    /// <returns>The scores; 0 without answers.</returns>
    public static TextScores Of(IReadOnlyCollection<RowOutcome> outcomes) => new(
        outcomes.Count == 0 ? 0 : outcomes.Average(outcome => Evaluation.RougeL.Score(outcome.Predicted, outcome.Expected)),
        Evaluation.Chrf.Score(outcomes.Select(outcome => (outcome.Predicted, outcome.Expected))));
}
