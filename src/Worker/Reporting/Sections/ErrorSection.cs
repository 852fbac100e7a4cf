using System.Globalization;
using System.Text;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Reporting;

/// <summary>The wrong answers with the text of their rows.</summary>
internal static class ErrorSection
{
    /// <summary>More are not read, and a report of thousands of rows must open at once.</summary>
    private const int MostRows = 200;

    public static void Append(StringBuilder html, ReportContent content)
    {
        int number = 0;
        foreach (OutputEvaluation output in content.Record.Shipped)
        {
            IReadOnlyList<RowOutcome> wrong = output.Wrong;
            if (wrong.Count == 0)
            {
                continue;
            }

            string id = string.Create(CultureInfo.InvariantCulture, $"wrong-{number++}");
            html.Append(CultureInfo.InvariantCulture, $"<h3>{HtmlText.Encode(output.Prompt)} / {HtmlText.Encode(output.Output)}</h3><p class=\"sub\">{wrong.Count} of {output.Rows} rows, the most confident first{(wrong.Count > MostRows ? $"; the first {MostRows} are shown" : string.Empty)}. A confident wrong answer often is a wrong label of the row.</p>\n");
            html.Append(CultureInfo.InvariantCulture, $"<label>Show rows with <input type=\"search\" data-filter=\"{id}\"></label> <span id=\"{id}-count\" role=\"status\"></span><div id=\"{id}\">\n");
            html.AppendTable(
                $"Wrong answers to {output.Output}",
                ["<row", "<expected", "<answered", "confidence", "<text"],
                wrong.Take(MostRows).Select(outcome => (IReadOnlyList<string>)
                [
                    HtmlText.Place(outcome.File, outcome.Line), HtmlText.Encode(outcome.Expected), Answer(outcome), HtmlText.Percent(outcome.Confidence), HtmlText.Encode(content.TextOf(outcome)),
                ]));
            html.Append("</div>\n");
        }
    }

    private static string Answer(RowOutcome outcome) => outcome.Labels is not { Count: > 1 } labels
        ? HtmlText.Encode(outcome.Predicted)
        : HtmlText.Encode(outcome.Predicted) + " <span class=\"sub\">(" + string.Join(", ", labels.Skip(1).Select(label => $"{HtmlText.Encode(label.Label)} {HtmlText.Percent(label.Probability)}")) + ")</span>";
}
