using System.Globalization;
using System.Net;
using System.Text;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Reporting;

/// <summary>The report of a model: one HTML file without scripts or outside references, so that it opens anywhere, also offline.</summary>
public static class HtmlReport
{
    private const int ShownWrongAnswers = 50;

    private const string Style = """
        :root { color-scheme: light dark; --line: #8884; --good: #2a7; --soft: #8881; }
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; }
        h1 { margin-bottom: 0; } h2 { margin-top: 2.5rem; } .sub { opacity: .7; margin-top: .2rem; }
        table { border-collapse: collapse; } th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
        th:first-child, td:first-child, td.text, th.text { text-align: left; } td.text { overflow-wrap: anywhere; }
        .big { display: flex; gap: 1rem; flex-wrap: wrap; } .card { border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1.1rem; min-width: 12rem; }
        .card b { display: block; font-size: 2rem; line-height: 1.2; } .scroll { overflow-x: auto; }
        svg { width: 100%; height: auto; } .note { background: var(--soft); border-radius: .5rem; padding: .6rem .9rem; }
        """;

    /// <summary>Writes the report.</summary>
    /// <param name="content">What it shows.</param>
    /// <returns>HTML 5.</returns>
    public static string Write(ReportContent content)
    {
        var html = new StringBuilder();
        html.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>")
            .Append(Encode(content.Plan.Name)).Append(" – EdgeBuild report</title><style>").Append(Style).Append("</style></head><body>\n");
        html.Append(CultureInfo.InvariantCulture, $"<h1>{Encode(content.Plan.Name)}</h1><p class=\"sub\">Measured on the file that ships, in the runtime that ships. Keep this file private: it shows rows of the data.</p>\n");
        if (content.HeldBackTestRows)
        {
            html.Append("<p class=\"note\">No dataset with <code>Split=\"Test\"</code>: a part of the training rows was held back to measure on. Add a test set of its own for figures to rely on.</p>\n");
        }

        AppendCards(html, content);
        foreach (OutputEvaluation output in content.Shipped)
        {
            AppendOutput(html, output);
        }

        AppendLosses(html, content.Losses);
        AppendWrongAnswers(html, content);
        AppendSuspects(html, content);
        html.Append("<h2>Run</h2><table>");
        foreach (KeyValuePair<string, string> fact in content.Facts)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encode(fact.Key)}</td><td class=\"text\">{Encode(fact.Value)}</td></tr>");
        }

        return html.Append("</table>\n</body></html>\n").ToString();
    }

    private static void AppendCards(StringBuilder html, ReportContent content)
    {
        html.Append("<div class=\"big\">");
        foreach (OutputEvaluation output in content.Shipped)
        {
            WilsonInterval interval = WilsonInterval.Of(output.Correct, output.Rows);
            OutputEvaluation? before = content.Base.FirstOrDefault(other => other.Prompt == output.Prompt && other.Output == output.Output);
            html.Append(CultureInfo.InvariantCulture, $"<div class=\"card\">{Encode(output.Prompt)} / {Encode(output.Output)}<b>{Percent(output.Accuracy)}</b>right of {output.Rows} rows ({Percent(interval.Low)} to {Percent(interval.High)})");
            if (before is not null)
            {
                html.Append(CultureInfo.InvariantCulture, $"<br>untuned base: {Percent(before.Accuracy)} of {before.Rows} rows");
            }

            html.Append(CultureInfo.InvariantCulture, $"<br>macro F1 {Percent(output.MacroF1)}, calibration error {Percent(output.CalibrationError)}</div>");
        }

        html.Append("</div>\n");
    }

    private static void AppendOutput(StringBuilder html, OutputEvaluation output)
    {
        if (output.Confusion is not { } confusion)
        {
            return;
        }

        html.Append(CultureInfo.InvariantCulture, $"<h2>{Encode(output.Prompt)} / {Encode(output.Output)}</h2><div class=\"scroll\"><table><tr><th>expected \\ predicted</th>");
        foreach (string label in confusion.Labels)
        {
            html.Append(CultureInfo.InvariantCulture, $"<th>{Encode(label)}</th>");
        }

        html.Append("<th>precision</th><th>recall</th><th>F1</th></tr>\n");
        for (int i = 0; i < confusion.Labels.Count; i++)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encode(confusion.Labels[i])}</td>");
            int rows = Math.Max(1, confusion.RowSum(i));
            for (int j = 0; j < confusion.Labels.Count; j++)
            {
                int count = confusion.Count(i, j);
                string color = i == j ? "34,170,119" : "210,60,60";
                double alpha = count == 0 ? 0 : 0.12 + (0.6 * count / rows);
                html.Append(CultureInfo.InvariantCulture, $"<td style=\"background:rgba({color},{alpha:0.00})\">{(count == 0 ? "" : count)}</td>");
            }

            html.Append(CultureInfo.InvariantCulture, $"<td>{Percent(confusion.Precision(i))}</td><td>{Percent(confusion.Recall(i))}</td><td>{Percent(confusion.F1(i))}</td></tr>\n");
        }

        html.Append("</table></div>\n");
    }

    private static void AppendLosses(StringBuilder html, IReadOnlyList<LossPoint> losses)
    {
        if (losses.Count < 2)
        {
            return;
        }

        const double Width = 900, Height = 240, Margin = 40;
        double steps = Math.Max(1, losses[^1].Step);
        double highest = Math.Max(1e-6, losses.Max(point => Math.Max(point.TrainingLoss, point.ValidationLoss ?? 0)));
        string Point(double step, double loss) => string.Create(
            CultureInfo.InvariantCulture, $"{Margin + (step / steps * (Width - Margin)):0.0},{(Height - 20) * (1 - (loss / highest)) + 5:0.0}");

        html.Append(CultureInfo.InvariantCulture, $"<h2>Loss</h2><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"loss curve\"><g fill=\"none\" stroke-width=\"2\">");
        html.Append(CultureInfo.InvariantCulture, $"<polyline stroke=\"#58c\" points=\"{string.Join(' ', losses.Select(point => Point(point.Step, point.TrainingLoss)))}\"/>");
        html.Append(CultureInfo.InvariantCulture, $"<polyline stroke=\"#d60\" points=\"{string.Join(' ', losses.Where(point => point.ValidationLoss is not null).Select(point => Point(point.Step, point.ValidationLoss!.Value)))}\"/></g>");
        html.Append(CultureInfo.InvariantCulture, $"<g font-size=\"12\" fill=\"currentColor\"><text x=\"0\" y=\"14\">{highest:0.00}</text><text x=\"0\" y=\"{Height - 15}\">0</text><text x=\"{Width - 200}\" y=\"14\" fill=\"#58c\">training</text><text x=\"{Width - 120}\" y=\"14\" fill=\"#d60\">validation</text><text x=\"{Width - 70}\" y=\"{Height - 2}\">step {steps:0}</text></g></svg>\n");
    }

    private static void AppendWrongAnswers(StringBuilder html, ReportContent content)
    {
        foreach (OutputEvaluation output in content.Shipped.Where(output => output.Wrong.Count > 0))
        {
            html.Append(CultureInfo.InvariantCulture, $"<h2>Wrong answers: {Encode(output.Output)}</h2><p class=\"sub\">{output.Wrong.Count} rows, the most confident first: look here for wrong labels in the data.</p><table><tr><th>row</th><th class=\"text\">expected</th><th class=\"text\">answer</th><th>confidence</th><th class=\"text\">text</th></tr>\n");
            foreach (WrongAnswer wrong in output.Wrong.Take(ShownWrongAnswers))
            {
                html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encode(wrong.File)}({wrong.Line})</td><td class=\"text\">{Encode(wrong.Expected)}</td><td class=\"text\">{Encode(wrong.Predicted)}</td><td>{Percent(wrong.Confidence)}</td><td class=\"text\">{Encode(content.RowText(wrong.File, wrong.Line))}</td></tr>\n");
            }

            html.Append("</table>\n");
        }
    }

    private static void AppendSuspects(StringBuilder html, ReportContent content)
    {
        if (content.Suspects.Count == 0)
        {
            return;
        }

        html.Append(CultureInfo.InvariantCulture, $"<h2>Labels that look wrong</h2><p class=\"sub\">{content.Suspects.Count} training rows of whose label the model was sure after one pass that it is another one.</p><table><tr><th>row</th><th class=\"text\">output</th><th class=\"text\">label</th><th class=\"text\">more likely</th><th>its probability</th><th class=\"text\">text</th></tr>\n");
        foreach (SuspectedLabel suspect in content.Suspects)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encode(suspect.File)}({suspect.Line})</td><td class=\"text\">{Encode(suspect.Output)}</td><td class=\"text\">{Encode(suspect.Label)}</td><td class=\"text\">{Encode(suspect.Other)}</td><td>{Percent(suspect.OtherProbability)}</td><td class=\"text\">{Encode(content.RowText(suspect.File, suspect.Line))}</td></tr>\n");
        }

        html.Append("</table>\n");
    }

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
