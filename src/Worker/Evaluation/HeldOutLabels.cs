using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>
/// Finds rows whose label is likely wrong among those that were not trained on, of validation and test: confident learning (C. G. Northcutt, L. Jiang
/// and I. L. Chuang, "Confident learning: estimating uncertainty in dataset labels", JAIR 70, 2021). A row is suspected when the model gives another label at least the probability that it gives that
/// label on average to the rows that have it. The bar adapts to noise: a model that has learned from wrong labels is less sure of everything. It is never
/// higher than 0.99: where every row of a label is answered with 0.996, half of the wrong ones would miss that average by a hair.
/// </summary>
public static class HeldOutLabels
{
    private const double HighestBar = 0.99;

    /// <summary>Finds the rows.</summary>
    /// <param name="output">The answers to rows that were not trained on.</param>
    /// <returns>The rows, the surest first; none for other outputs than labels.</returns>
    public static IReadOnlyList<SuspectedLabel> Suspect(OutputEvaluation output)
    {
        if (output.Kind != OutputKind.Label)
        {
            return [];
        }

        // Outcomes keep the most probable labels only; the share of an unkept own label is nearly nothing.
        var bars = output.Outcomes.GroupBy(outcome => outcome.Expected).ToDictionary(
            group => group.Key, group => Math.Min(group.Average(outcome => Share(outcome, outcome.Expected)), HighestBar), StringComparer.Ordinal);
        return
        [
            .. output.Wrong.Where(outcome => bars.TryGetValue(outcome.Predicted, out double bar) && outcome.Confidence >= bar)
                .OrderBy(outcome => Share(outcome, outcome.Expected))
                .Select(outcome => new SuspectedLabel(
                    outcome.File, outcome.Line, output.Output, outcome.Expected, Share(outcome, outcome.Expected), outcome.Predicted, outcome.Confidence) { Hash = outcome.Hash }),
        ];
    }

    private static double Share(RowOutcome outcome, string label) =>
        outcome.Labels?.FirstOrDefault(entry => entry.Label == label)?.Probability ?? (outcome.Predicted == label ? outcome.Confidence : 0);
}
