using System.Globalization;
using System.Text;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Reporting;

/// <summary>Rows whose label is likely wrong, of the training and of the test data.</summary>
internal static class SuspectSection
{
    private const int MostRows = 200;

    public static void Append(StringBuilder html, ReportContent content)
    {
        string[] columns = ["<row", "<output", "<label", "<more likely", "its probability", "<text"];
        IReadOnlyList<SuspectedLabel> train = content.Record.Suspects;
        if (train.Count > 0)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"sub\">{train.Count} training rows of whose label the model was sure after one pass that it is another one.</p>\n");
            html.AppendTable("Training rows", columns, train.Take(MostRows).Select(suspect => Cells(content, suspect)));
        }

        SuspectedLabel[] test = [.. content.Record.Shipped.SelectMany(TestLabels.Suspect)];
        if (test.Length > 0)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"sub\">{test.Length} test rows that the model, which never saw them, answers as surely as others of the label that it gives them. They count as wrong answers as long as their label stands.</p>\n");
            html.AppendTable("Test rows", columns, test.Take(MostRows).Select(suspect => Cells(content, suspect)));
        }
    }

    private static IReadOnlyList<string> Cells(ReportContent content, SuspectedLabel suspect) =>
    [
        HtmlText.Place(suspect.File, suspect.Line), HtmlText.Encode(suspect.Output), HtmlText.Encode(suspect.Label), HtmlText.Encode(suspect.Other), HtmlText.Percent(suspect.OtherProbability), HtmlText.Encode(content.TextOf(suspect)),
    ];
}
