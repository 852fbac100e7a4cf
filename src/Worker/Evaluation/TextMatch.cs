namespace EdgeBuild.Worker.Evaluation;

/// <summary>How much one generated text overlaps with that of its row.</summary>
/// <param name="RougeL">The ROUGE-L of the row, 0 to 1.</param>
/// <param name="Grams">What chrF counts of the row.</param>
internal readonly record struct TextMatch(double RougeL, IReadOnlyList<(int Found, int Wanted, int Common)> Grams)
{
    public static TextMatch Of(RowOutcome outcome) =>
        new(Evaluation.RougeL.Score(outcome.Predicted, outcome.Expected), Chrf.Matches(outcome.Predicted, outcome.Expected));
}
