using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Worker.Pipeline;
using static System.FormattableString;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>Decides whether a measured file may ship.</summary>
/// <param name="plan">The plan with its gates and the last figures.</param>
/// <param name="previous">What the last shipped file answered; null when it is not in the cache.</param>
/// <param name="unquantized">The answers of the model before quantizing; null when they were not measured.</param>
public sealed class GateCheck(TrainingPlan plan, EvaluationRecord? previous = null, IReadOnlyList<OutputEvaluation>? unquantized = null)
{
    private const int NamedRows = 5;

    /// <summary>Compares the figures with the gates.</summary>
    /// <param name="evaluations">The figures of the file that would ship.</param>
    /// <returns>One error for each gate that is not reached, with the rows to look at.</returns>
    public IReadOnlyList<Diagnostic> Check(IReadOnlyList<OutputEvaluation> evaluations) =>
    [
        .. evaluations.SelectMany(evaluation => Failures(evaluation).OfType<string>().Select(failure => new Diagnostic(
            ErrorCodes.GateFailed,
            DiagnosticSeverity.Error,
            plan.Prompts.First(prompt => prompt.Name == evaluation.Prompt).DisplayPath,
            new SourcePosition(1, 1),
            $"{Name(evaluation)}: {failure} The last good artifact stays. Look at {Rows(evaluation)}."))),
    ];

    private IEnumerable<string?> Failures(OutputEvaluation evaluation)
    {
        foreach (MissedGate missed in GateLimits.Missed(plan.Gates, LockFragment.Figures(evaluation)))
        {
            yield return Invariant($"{missed.Figure} {missed.Measured:P1} on {evaluation.Rows} test rows{Detail(missed, evaluation)} is below {missed.Gate} {missed.Asked:P1}.");
        }

        if (plan.Gates.MaxQuantizationLoss is { } most && unquantized is not null && evaluation.In(unquantized) is { } exact && QuantizationLoss.Of(exact, evaluation) is double loss && loss > most)
        {
            yield return Invariant($"quantizing costs {loss:P1} of {exact.Rows} test rows, more than MaxQuantizationLoss {most:P1}; take a larger type, or Quantization=\"Auto\".");
        }

        yield return Regression(evaluation);
    }

    private static string Detail(MissedGate missed, OutputEvaluation evaluation)
    {
        if (evaluation.Confusion is { } confusion && missed.Gate == nameof(PlannedGates.MinF1))
        {
            int worst = Enumerable.Range(0, confusion.Labels.Count).Where(label => confusion.RowSum(label) > 0).MinBy(confusion.F1);
            return Invariant($" (the worst label is '{confusion.Labels[worst]}' with {confusion.F1(worst):P1})");
        }

        (double Low, double High)? interval = missed.Gate switch
        {
            nameof(PlannedGates.MinAccuracy) when WilsonInterval.Of(evaluation.Correct, evaluation.Rows) is var wilson => (wilson.Low, wilson.High),
            nameof(PlannedGates.MinRougeL) => evaluation.Text!.RougeLInterval,
            nameof(PlannedGates.MinChrf) => evaluation.Text!.ChrfInterval,
            _ => null,
        };
        return interval is (var low, var high) ? Invariant($" ({low:P1} to {high:P1})") : string.Empty;
    }

    /// <summary>A gate that the project sets holds exactly; without one the file must not be worse by more than chance.</summary>
    private string? Regression(OutputEvaluation evaluation)
    {
        bool known = plan.LastAccuracy.TryGetValue(Name(evaluation), out double last);
        if (plan.Gates.MaxRegression is { } most)
        {
            return known && last - evaluation.Score > most
                ? Invariant($"{(evaluation.Kind == OutputKind.Text ? "chrF" : "accuracy")} fell from {last:P1} to {evaluation.Score:P1}, more than MaxRegression {most:P1}.")
                : null;
        }

        if (evaluation.Kind == OutputKind.Text)
        {
            return RegressionOfText(evaluation);
        }

        if (previous is not null && evaluation.In(previous.Shipped) is { } before && PairedComparison.Of(evaluation.Outcomes, before.Outcomes) is { Rows: > 0 } pairs)
        {
            return pairs.IsSignificantlyWorse
                ? Invariant($"worse than the last shipped version: of {pairs.Rows} test rows {pairs.Lost} are no longer right and {pairs.Gained} are new right ones ({pairs.Difference:P1}, {pairs.Interval.Low:P1} to {pairs.Interval.High:P1}, McNemar p = {pairs.PValue:0.0000}). Set MaxRegression to allow it.")
                : null;
        }

        // Without the answers of the last version the rows cannot be paired; two independent proportions differ more easily by chance.
        double mean = (last + evaluation.Accuracy) / 2;
        return known && last - evaluation.Accuracy > WilsonInterval.Quantile * Math.Sqrt(2 * mean * (1 - mean) / Math.Max(1, evaluation.Rows))
            ? Invariant($"accuracy fell from {last:P1} to {evaluation.Accuracy:P1} on {evaluation.Rows} test rows, which chance does not explain. Set MaxRegression to allow it.")
            : null;
    }

    /// <summary>Free texts are rarely exact, so their overlap is compared, which needs the answers of the last version.</summary>
    private string? RegressionOfText(OutputEvaluation evaluation) =>
        previous is not null && evaluation.In(previous.Shipped) is { } before && TextComparison.Of(evaluation.Outcomes, before.Outcomes) is { Rows: > 0, IsSignificantlyWorse: true } pairs
            ? Invariant($"worse than the last shipped version: chrF changed by {pairs.Chrf:P1} ({pairs.ChrfInterval.Low:P1} to {pairs.ChrfInterval.High:P1}) on {pairs.Rows} test rows. Set MaxRegression to allow it.")
            : null;

    private string Name(OutputEvaluation evaluation) => plan.MetricKey(evaluation.Prompt, evaluation.Output);

    private static string Rows(OutputEvaluation evaluation) => string.Join(", ", evaluation.Wrong.Take(NamedRows).Select(wrong => $"{wrong.File}({wrong.Line})"));
}
