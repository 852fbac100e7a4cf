using System.Globalization;
using System.Text;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Reporting;

/// <summary>Precision and recall of each label, which are taken for which, and the fields of records.</summary>
internal static class LabelSection
{
    /// <summary>A matrix of more labels cannot be read; the pairs can.</summary>
    private const int MostMatrixLabels = 24;

    private const int MostPairs = 20;

    public static void Append(StringBuilder html, ReportContent content)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        foreach (OutputEvaluation output in content.Record.Shipped)
        {
            string name = $"{output.Prompt} / {output.Output}";
            if (output.Confusion is { } confusion)
            {
                html.AppendTable($"{name}: labels", ["<label", "rows", "precision", "recall", "F1"], Enumerable.Range(0, confusion.Labels.Count).Select(label => (IReadOnlyList<string>)
                [
                    HtmlText.Encode(confusion.Labels[label]), confusion.RowSum(label).ToString(invariant), HtmlText.Percent(confusion.Precision(label)), HtmlText.Percent(confusion.Recall(label)), HtmlText.Percent(confusion.F1(label)),
                ]));
                if (confusion.Labels.Count <= MostMatrixLabels)
                {
                    AppendMatrix(html, name, confusion);
                }

                if (confusion.Pairs() is { Count: > 0 } pairs)
                {
                    html.AppendTable($"{name}: labels that are taken for others", ["<expected", "<answered", "rows"], pairs.Take(MostPairs).Select(pair => (IReadOnlyList<string>)
                        [HtmlText.Encode(pair.Expected), HtmlText.Encode(pair.Predicted), pair.Rows.ToString(invariant)]));
                }
            }

            if (output.Fields.Count > 0)
            {
                html.AppendTable($"{name}: fields", ["<field", "exact", "values"], output.Fields.Select(field => (IReadOnlyList<string>)
                    [HtmlText.Encode(field.Field), HtmlText.Percent(field.Accuracy), field.Total.ToString(invariant)]));
            }
        }
    }

    private static void AppendMatrix(StringBuilder html, string name, ConfusionMatrix confusion)
    {
        string caption = $"{name}: rows by expected (down) and answered label (across)";
        html.Append("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"").Append(HtmlText.Encode(caption)).Append("\"><table class=\"matrix\"><caption>").Append(HtmlText.Encode(caption)).Append("</caption><thead><tr><td></td>");
        foreach (string label in confusion.Labels)
        {
            html.Append("<th scope=\"col\">").Append(HtmlText.Encode(label)).Append("</th>");
        }

        html.Append("</tr></thead><tbody>\n");
        for (int row = 0; row < confusion.Labels.Count; row++)
        {
            html.Append("<tr><th scope=\"row\" class=\"text\">").Append(HtmlText.Encode(confusion.Labels[row])).Append("</th>");
            int rows = Math.Max(1, confusion.RowSum(row));
            for (int column = 0; column < confusion.Labels.Count; column++)
            {
                int count = confusion.Count(row, column);
                html.Append(count == 0 ? "<td></td>" : string.Create(CultureInfo.InvariantCulture, $"<td class=\"{(row == column ? "right" : "wrong")}\" style=\"--share:{0.2 + (0.8 * count / rows):0.00}\">{count}</td>"));
            }

            html.Append("</tr>\n");
        }

        html.Append("</tbody></table></div>\n");
    }
}
