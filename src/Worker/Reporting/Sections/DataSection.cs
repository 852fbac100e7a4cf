using System.Globalization;
using System.Text;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Reporting;

/// <summary>How many rows there are of what, how long they are, and whether more would help.</summary>
internal static class DataSection
{
    private const int MostLabels = 200;

    public static void Append(StringBuilder html, ReportContent content)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        (string Name, IReadOnlyList<LabelledRow> Rows)[] splits = [("training", content.Rows.Train), ("validation", content.Rows.Validation), ("test", content.Rows.Test)];
        html.AppendTable("Rows", ["<split", "rows", "words of the inputs, mean", "most"], splits.Select(split => (IReadOnlyList<string>)
        [
            split.Name, split.Rows.Count.ToString(invariant), split.Rows.Average(Words).ToString("0.0", invariant), split.Rows.Max(Words).ToString(invariant),
        ]));
        foreach (OutputEvaluation output in content.Record.Shipped.Where(output => output.Kind == OutputKind.Label))
        {
            html.AppendTable(
                $"{output.Prompt} / {output.Output}: rows by label",
                ["<label", .. splits.Select(split => split.Name)],
                output.Labels.Take(MostLabels).Select(label => (IReadOnlyList<string>)[HtmlText.Encode(label), .. splits.Select(split => Count(split.Rows, output, label).ToString(invariant))]));
        }

        AppendSizes(html, content.Record.DataSizes);
    }

    private static void AppendSizes(StringBuilder html, IReadOnlyList<DataSizePoint> sizes)
    {
        if (sizes.Count == 0)
        {
            return;
        }

        html.Append("<h3>Would more rows help?</h3><p class=\"sub\">An ordinary classifier (ML.NET) trained on parts of the rows, which takes seconds where a model would take minutes. Where its curve still rises at the end, more rows help; where it is flat, better ones do.</p>\n");
        html.AppendChart(new ReportChart(
            "sizes",
            "Accuracy on the test rows by the number of training rows",
            [.. sizes.Select(point => new { name = $"{point.Prompt}/{point.Output}", rows = point.Rows, accuracy = point.Accuracy })],
            ["<output", "rows", "right"],
            [.. sizes.Select(point => (IReadOnlyList<string>)[$"{point.Prompt}/{point.Output}", point.Rows.ToString(CultureInfo.InvariantCulture), HtmlText.Percent(point.Accuracy)])]));
    }

    private static int Words(LabelledRow row) => row.Inputs.Sum(input => input.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length);

    private static int Count(IReadOnlyList<LabelledRow> rows, OutputEvaluation output, string label) => rows.Count(row =>
        row.Prompt.Name == output.Prompt && row.Prompt.Document.Outputs.Select((declared, index) => declared.Name == output.Output && row.Values[index] == label).Any(same => same));
}
