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
    /// <summary>So many texts of labels take half a minute; heads answer 512 rows in that time.</summary>
    private const int MostAnswers = 2048;

    /// <summary>Rows are asked in groups of this size, the hardest first.</summary>
    private const int GroupRows = 64;

    /// <summary>The search goes on while so many rows of a group are suspected: where one in four is wrong, more are.</summary>
    private const int FewestSuspects = GroupRows / 4;

    private const double LeastMargin = 0.4;
    private const double MostMargin = 0.85;

    /// <summary>Finds the rows.</summary>
    /// <param name="rows">The training rows, in the order of the run.</param>
    /// <param name="pass">The first pass.</param>
    /// <returns>The rows, the surest first.</returns>
    public IReadOnlyList<SuspectedLabel> Find(IReadOnlyList<LabelledRow> rows, FirstPass pass)
    {
        var suspects = new List<SuspectedLabel>();
        var answers = new LabelAnswers(examples, pass);
        double bar = Bar(rows, answers);
        foreach (int[] group in Enumerable.Range(0, rows.Count).Where(index => pass.Hardness[index] > 1).OrderByDescending(index => pass.Hardness[index]).Chunk(GroupRows))
        {
            SuspectedLabel[] found = [.. answers.Ask([.. group.Select(index => rows[index])], MostAnswers).Select(answer => Examine(answer.Row, answer.Output, answer.Probabilities, bar)).OfType<SuspectedLabel>()];
            suspects.AddRange(found);
            if (found.Length < FewestSuspects || answers.Cost > MostAnswers)
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

    /// <summary>
    /// How far another label must be before that of the row: as far as the labels that rows have are before all others on average (C. G. Northcutt, L. Jiang
    /// and I. L. Chuang, "Confident learning", JAIR 70, 2021), since a model that has learned from many wrong labels is less sure of everything.
    /// </summary>
    private static double Bar(IReadOnlyList<LabelledRow> rows, LabelAnswers answers)
    {
        int count = Math.Min(rows.Count, GroupRows);
        LabelledRow[] sample = [.. Enumerable.Range(0, count).Select(index => rows[(int)((long)index * rows.Count / count)])];
        double[] margins = [.. answers.Ask(sample, MostAnswers / 2).Select(answer => -Lead(answer.Probabilities, answer.Row.Values[answer.Output]).Margin)];
        return margins.Length == 0 ? MostMargin : Math.Clamp(margins.Average(), LeastMargin, MostMargin);
    }

    private static SuspectedLabel? Examine(LabelledRow row, int output, IReadOnlyDictionary<string, double> probabilities, double bar)
    {
        string own = row.Values[output];
        (string other, double margin) = Lead(probabilities, own);
        return margin >= bar
            ? new SuspectedLabel(row.File, row.Line, row.Prompt.Document.Outputs[output].Name, own, probabilities[own], other, probabilities[other]) { Hash = row.Hash }
            : null;
    }

    /// <summary>Finds the most probable other label, and how much more probable it is than the row's own.</summary>
    private static (string Label, double Margin) Lead(IReadOnlyDictionary<string, double> probabilities, string own)
    {
        (string other, double most) = probabilities.Where(entry => entry.Key != own).MaxBy(entry => entry.Value);
        return (other, most - probabilities[own]);
    }
}
