using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Training;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>
/// Looks for wrong labels after the first pass over the rows: the rows that lost most are asked again, with every label as the answer. The model
/// has learned from all rows by then, and has seen the wrong label once only.
/// </summary>
/// <param name="examples">Renders rows.</param>
public sealed class LabelReview(ExampleBuilder examples)
{
    /// <summary>So many answers take a few seconds, since those of one row share its prompt.</summary>
    private const int MostAnswers = 2048;

    private const int MostRows = 64;
    private const double LargestOwnProbability = 0.05;
    private const double LeastOtherProbability = 0.9;

    /// <summary>Finds the rows.</summary>
    /// <param name="rows">The training rows, in the order of the run.</param>
    /// <param name="pass">The first pass.</param>
    /// <returns>The rows, the surest first.</returns>
    public IReadOnlyList<SuspectedLabel> Find(IReadOnlyList<LabelledRow> rows, FirstPass pass)
    {
        var suspects = new List<SuspectedLabel>();
        int answers = 0;
        foreach (int index in Enumerable.Range(0, rows.Count).Where(index => pass.Hardness[index] > 1).OrderByDescending(index => pass.Hardness[index]).Take(MostRows))
        {
            LabelledRow row = rows[index];
            for (int output = 0; output < row.Values.Count && answers < MostAnswers; output++)
            {
                if (row.Prompt.Document.Outputs[output].IsLabelled)
                {
                    IReadOnlyList<string> labels = row.Prompt.Labels[row.Prompt.Document.Outputs[output].Name];
                    answers += labels.Count;
                    if (Examine(row, output, labels, pass) is { } suspect)
                    {
                        suspects.Add(suspect);
                    }
                }
            }
        }

        return [.. suspects.OrderBy(suspect => suspect.LabelProbability)];
    }

    /// <summary>Writes the rows as warnings.</summary>
    /// <param name="suspects">The rows.</param>
    /// <param name="write">Receives EDGE1116.</param>
    public static void Report(IReadOnlyList<SuspectedLabel> suspects, Action<Diagnostic> write) => BoundedWarnings.Write(
        ErrorCodes.SuspectedLabel,
        [
            .. suspects.Select(suspect => (suspect.File, suspect.Line, string.Create(
                CultureInfo.InvariantCulture,
                $"The label of '{suspect.Output}' may be wrong: after one pass over the rows the model gives it {suspect.LabelProbability:P0} and the label '{suspect.Other}' {suspect.OtherProbability:P0}. Look at the row."))),
        ],
        write);

    private SuspectedLabel? Examine(LabelledRow row, int output, IReadOnlyList<string> labels, FirstPass pass)
    {
        double[] losses = pass.Losses([.. labels.Select(label => examples.BuildAnswer(row, [.. row.Values.Select((value, index) => index == output ? label : value)]))]);
        double least = losses.Min();
        double[] odds = [.. losses.Select(loss => Math.Exp(least - loss))];
        int best = Array.IndexOf(losses, least);
        double own = odds.Where((_, index) => labels[index] == row.Values[output]).Sum() / odds.Sum();
        double other = odds[best] / odds.Sum();
        return own <= LargestOwnProbability && other >= LeastOtherProbability
            ? new SuspectedLabel(row.File, row.Line, row.Prompt.Document.Outputs[output].Name, row.Values[output], own, labels[best], other)
            : null;
    }
}
