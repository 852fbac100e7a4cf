using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using static System.FormattableString;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>Decides whether a measured file may ship.</summary>
public static class GateCheck
{
    private const int NamedRows = 5;

    /// <summary>Compares the figures with the gates.</summary>
    /// <param name="plan">The plan with its gates and the last figures.</param>
    /// <param name="evaluations">The figures of the file that would ship.</param>
    /// <returns>One error for each gate that is not reached, with the rows to look at.</returns>
    public static IReadOnlyList<Diagnostic> Check(TrainingPlan plan, IReadOnlyList<OutputEvaluation> evaluations)
    {
        var errors = new List<Diagnostic>();
        foreach (OutputEvaluation evaluation in evaluations)
        {
            string name = plan.MetricKey(evaluation.Prompt, evaluation.Output);
            string path = plan.Prompts.First(prompt => prompt.Name == evaluation.Prompt).DisplayPath;
            if (plan.Gates.MinAccuracy is { } least && evaluation.Accuracy < least)
            {
                errors.Add(Error(path, Invariant($"{name}: accuracy {evaluation.Accuracy:P1} on {evaluation.Rows} test rows is below MinAccuracy {least:P1}. {Advice(evaluation)}")));
            }

            if (plan.Gates.MaxRegression is { } most
                && plan.LastAccuracy.TryGetValue(name, out double last)
                && last - evaluation.Accuracy > most)
            {
                errors.Add(Error(path, Invariant($"{name}: accuracy fell from {last:P1} to {evaluation.Accuracy:P1}, more than MaxRegression {most:P1}. {Advice(evaluation)}")));
            }
        }

        return errors;
    }

    private static Diagnostic Error(string path, string message) =>
        new(ErrorCodes.GateFailed, DiagnosticSeverity.Error, path, new SourcePosition(1, 1), message);

    private static string Advice(OutputEvaluation evaluation) =>
        "The last good artifact stays. Look at " + string.Join(", ", evaluation.Wrong.Take(NamedRows).Select(wrong => $"{wrong.File}({wrong.Line})")) + ".";
}
