using System.Globalization;
using System.Text;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Reporting;

/// <summary>Rows whose label is likely wrong, of all splits.</summary>
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

        IReadOnlyList<SuspectedLabel> heldOut = content.Record.HeldOutSuspects;
        if (heldOut.Count > 0)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"sub\">{heldOut.Count} validation and test rows that the model, which never learned from them, answers as surely as others of the label that it gives them. Test rows count as wrong answers as long as their label stands.</p>\n");
            html.AppendTable("Validation and test rows", columns, heldOut.Take(MostRows).Select(suspect => Cells(content, suspect)));
        }
    }

    private static IReadOnlyList<string> Cells(ReportContent content, SuspectedLabel suspect) =>
    [
        HtmlText.Place(suspect.File, suspect.Line), HtmlText.Encode(suspect.Output), HtmlText.Encode(suspect.Label), HtmlText.Encode(suspect.Other), HtmlText.Percent(suspect.OtherProbability), HtmlText.Encode(content.TextOf(suspect)),
    ];
}
