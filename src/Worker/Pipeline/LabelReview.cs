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

    /// <summary>Rows are asked in groups of this size, the hardest first.</summary>
    private const int GroupRows = 64;

    /// <summary>The search goes on while so many rows of a group are suspected: where one in four is wrong, more are.</summary>
    private const int FewestSuspects = GroupRows / 4;

    private const double SureProbability = 0.9;
    private const double UnlikelyProbability = 0.05;
    private const double LeastProbability = 0.6;

    /// <summary>Finds the rows.</summary>
    /// <param name="rows">The training rows, in the order of the run.</param>
    /// <param name="pass">The first pass.</param>
    /// <returns>The rows, the surest first.</returns>
    public IReadOnlyList<SuspectedLabel> Find(IReadOnlyList<LabelledRow> rows, FirstPass pass)
    {
        var suspects = new List<SuspectedLabel>();
        double bar = Bar(rows, pass);
        int answers = 0;
        foreach (int[] group in Enumerable.Range(0, rows.Count).Where(index => pass.Hardness[index] > 1).OrderByDescending(index => pass.Hardness[index]).Chunk(GroupRows))
        {
            int before = suspects.Count;
            foreach (LabelledRow row in group.Select(index => rows[index]))
            {
                foreach (int output in Labelled(row))
                {
                    IReadOnlyList<string> labels = row.Prompt.Labels[row.Prompt.Document.Outputs[output].Name];
                    answers += labels.Count;
                    if (answers <= MostAnswers + labels.Count && Examine(row, output, labels, pass, bar) is { } suspect)
                    {
                        suspects.Add(suspect);
                    }
                }
            }

            if (suspects.Count - before < FewestSuspects || answers > MostAnswers)
            {
                break;
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

    private static IEnumerable<int> Labelled(LabelledRow row) =>
        Enumerable.Range(0, row.Values.Count).Where(output => row.Prompt.Document.Outputs[output].IsLabelled);

    /// <summary>
    /// How sure the model must be of another label: as sure as it is on average of the labels that rows have (C. G. Northcutt, L. Jiang and I. L. Chuang,
    /// "Confident learning", JAIR 70, 2021), since one that has learned from many wrong labels is less sure of everything.
    /// </summary>
    private double Bar(IReadOnlyList<LabelledRow> rows, FirstPass pass)
    {
        int count = Math.Min(rows.Count, GroupRows);
        double[] own =
        [
            .. Enumerable.Range(0, count).Select(index => rows[(int)((long)index * rows.Count / count)])
                .SelectMany(row => Labelled(row).Select(output => Probabilities(row, output, row.Prompt.Labels[row.Prompt.Document.Outputs[output].Name], pass)[row.Values[output]])),
        ];
        return own.Length == 0 ? SureProbability : Math.Clamp(own.Average(), LeastProbability, SureProbability);
    }

    private SuspectedLabel? Examine(LabelledRow row, int output, IReadOnlyList<string> labels, FirstPass pass, double bar)
    {
        Dictionary<string, double> probabilities = Probabilities(row, output, labels, pass);
        double own = probabilities[row.Values[output]];
        (string other, double most) = probabilities.MaxBy(entry => entry.Value);
        double unlikely = bar < SureProbability ? 1 - bar : UnlikelyProbability;
        return own <= unlikely && most >= bar && other != row.Values[output]
            ? new SuspectedLabel(row.File, row.Line, row.Prompt.Document.Outputs[output].Name, row.Values[output], own, other, most) { Hash = row.Hash }
            : null;
    }

    private Dictionary<string, double> Probabilities(LabelledRow row, int output, IReadOnlyList<string> labels, FirstPass pass)
    {
        double[] losses = pass.Losses([.. labels.Select(label => examples.BuildAnswer(row, [.. row.Values.Select((value, index) => index == output ? label : value)]))]);
        double least = losses.Min();
        double sum = losses.Sum(loss => Math.Exp(least - loss));
        return labels.Zip(losses).ToDictionary(pair => pair.First, pair => Math.Exp(least - pair.Second) / sum, StringComparer.Ordinal);
    }
}
