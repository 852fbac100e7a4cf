using System.Globalization;
using System.Text;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Reporting;

/// <summary>The rows whose answers are no longer right, or newly right.</summary>
internal static class ChangeSection
{
    private const int MostRows = 100;

    public static void Append(StringBuilder html, ReportContent content)
    {
        if (content.Previous is not { } previous)
        {
            return;
        }

        html.Append(CultureInfo.InvariantCulture, $"<p class=\"sub\">The version before is {previous.ModelKey[..Math.Min(12, previous.ModelKey.Length)]} of {previous.Time:yyyy-MM-dd HH:mm} UTC, {HtmlText.Encode(previous.File.Quantization)}.</p>\n");
        RowChange[] changes = [.. content.Record.Shipped.SelectMany(output => RowChange.Between(output, output.In(previous.Shipped)))];
        if (changes.Length == 0)
        {
            html.Append("<p>No test row that both versions answered changed from right to wrong or back.</p>\n");
            return;
        }

        html.AppendTable(
            $"{changes.Count(change => !change.IsGain)} rows lost, {changes.Count(change => change.IsGain)} gained",
            ["<row", "<output", "<change", "<expected", "<before", "<now", "<text"],
            changes.OrderBy(change => change.IsGain).Take(MostRows).Select(change => (IReadOnlyList<string>)
            [
                HtmlText.Place(change.Now.File, change.Now.Line), HtmlText.Encode(change.Output), change.IsGain ? "gained" : "lost", HtmlText.Encode(change.Now.Expected),
                HtmlText.Encode(change.Before.Predicted), HtmlText.Encode(change.Now.Predicted), HtmlText.Encode(content.TextOf(change.Now)),
            ]));
    }
}
