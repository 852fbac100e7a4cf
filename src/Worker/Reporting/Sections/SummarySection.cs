using System.Globalization;
using System.Text;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Reporting;

/// <summary>The verdict of the gates, and one card an output.</summary>
internal static class SummarySection
{
    public static void Append(StringBuilder html, ReportContent content)
    {
        bool failed = content.Failures.Count > 0;
        html.Append(failed ? "<div class=\"verdict failed\" role=\"status\"><strong>A gate is not reached: this model does not ship.</strong><ul>" : "<div class=\"verdict\" role=\"status\"><strong>All gates are reached.</strong> ");
        if (failed)
        {
            foreach (string failure in content.Failures)
            {
                html.Append("<li>").Append(HtmlText.Encode(failure)).Append("</li>");
            }

            html.Append("</ul>");
        }
        else
        {
            html.Append(HtmlText.Encode(Gates(content)));
        }

        html.Append("</div>\n");
        if (content.Record.HeldBackTestRows)
        {
            html.Append("<p class=\"note\">No dataset with <code>Split=\"Test\"</code>: a part of the training rows was held back to measure on. Add a test set of its own for figures to rely on.</p>\n");
        }

        html.Append("<div class=\"cards\">");
        foreach (OutputEvaluation output in content.Record.Shipped)
        {
            AppendCard(html, content, output);
        }

        html.Append("</div>\n<p>").Append(HtmlText.Encode(string.Create(CultureInfo.InvariantCulture, $"File: {content.Record.Size / 1e6:0.0} MB. {content.Record.File.Describe()}"))).Append("</p>\n");
        AppendCost(html, content);
    }

    private static string Gates(ReportContent content)
    {
        var gates = new List<string>();
        Add("MinAccuracy", content.Plan.Gates.MinAccuracy);
        Add("MinF1", content.Plan.Gates.MinF1);
        Add("MinRougeL", content.Plan.Gates.MinRougeL);
        Add("MinChrf", content.Plan.Gates.MinChrf);
        Add("MinFieldAccuracy", content.Plan.Gates.MinFieldAccuracy);
        Add("MaxRegression", content.Plan.Gates.MaxRegression);
        Add("MaxQuantizationLoss", content.Plan.Gates.MaxQuantizationLoss);
        return gates.Count > 0 ? string.Join(", ", gates) + "." : "The project sets none; a model must only not be significantly worse than the last one.";

        void Add(string name, double? gate)
        {
            if (gate is { } value)
            {
                gates.Add($"{name} {HtmlText.Percent(value)}");
            }
        }
    }

    private static void AppendCard(StringBuilder html, ReportContent content, OutputEvaluation output)
    {
        WilsonInterval interval = WilsonInterval.Of(output.Correct, output.Rows);
        html.Append(CultureInfo.InvariantCulture, $"<div class=\"card\"><h3>{HtmlText.Encode(output.Prompt)} / {HtmlText.Encode(output.Output)}</h3><b>{HtmlText.Percent(output.Accuracy)}</b>exactly right of {output.Rows} rows ({HtmlText.Percent(interval.Low)} to {HtmlText.Percent(interval.High)})");
        if (output.MacroF1 is { } macroF1)
        {
            html.Append("<br>macro F1 ").Append(HtmlText.Percent(macroF1));
        }

        if (output.FieldAccuracy is { } fields)
        {
            html.Append("<br>fields exact ").Append(HtmlText.Percent(fields));
        }

        if (output.Text is { } text)
        {
            html.Append(CultureInfo.InvariantCulture, $"<br>ROUGE-L {text.RougeL:0.000} ({text.RougeLInterval.Low:0.000} to {text.RougeLInterval.High:0.000})");
            html.Append(CultureInfo.InvariantCulture, $"<br>chrF {text.Chrf:0.000} ({text.ChrfInterval.Low:0.000} to {text.ChrfInterval.High:0.000})");
        }

        html.Append("<br>calibration error ").Append(HtmlText.Percent(output.CalibrationError));
        if (content.Record.Find(EvaluationSet.Base) is { } others && output.In(others) is { } before)
        {
            html.Append("<br>untuned base: ").Append(before.Text is { } overlap
                ? string.Create(CultureInfo.InvariantCulture, $"ROUGE-L {overlap.RougeL:0.000} on {before.Rows} rows")
                : string.Create(CultureInfo.InvariantCulture, $"{HtmlText.Percent(before.Accuracy)} of {before.Rows} rows"));
        }

        if (content.Previous is { } previous && output.In(previous.Shipped) is { } last && PairedComparison.Of(output.Outcomes, last.Outcomes) is { Rows: > 0 } pairs)
        {
            string tone = pairs.Difference > 0 ? "better" : pairs.Difference < 0 ? "worse" : "same";
            html.Append(CultureInfo.InvariantCulture, $"<br><span class=\"{tone}\">{pairs.Difference:+0.0 %;-0.0 %;±0.0 %} since the last version</span>");
        }

        html.Append("</div>");
    }

    private static void AppendCost(StringBuilder html, ReportContent content)
    {
        double price = content.Plan.TokenPrice;
        List<string> columns = ["<prompt", "calls measured", "time per call in bulk", "tokens in", "tokens out"];
        if (price > 0)
        {
            columns.Add(string.Create(CultureInfo.InvariantCulture, $"a million calls at {price:0.##} per million tokens elsewhere"));
        }

        html.AppendTable("Cost of a call; this model's tokens cost nothing", columns, content.Record.Shipped.GroupBy(output => output.Prompt).Select(prompt =>
        {
            OutputEvaluation first = prompt.First();
            double answer = content.Record.AnswerTokens.GetValueOrDefault(first.Prompt);
            CultureInfo invariant = CultureInfo.InvariantCulture;
            List<string> cells =
            [
                HtmlText.Encode(first.Prompt), first.Rows.ToString(invariant), string.Create(invariant, $"{first.MillisecondsPerCall:0.0} ms"),
                string.Create(invariant, $"{first.PromptTokens:0.0}"), string.Create(invariant, $"{answer:0.0}"),
            ];
            if (price > 0)
            {
                cells.Add(string.Create(invariant, $"{(first.PromptTokens + answer) * price:#,##0.00}"));
            }

            return (IReadOnlyList<string>)cells;
        }));
    }
}
