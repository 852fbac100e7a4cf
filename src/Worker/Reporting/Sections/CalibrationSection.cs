using System.Globalization;
using System.Text;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Reporting;

/// <summary>Whether answers of some confidence are right as often as that.</summary>
internal static class CalibrationSection
{
    public static void Append(StringBuilder html, ReportContent content)
    {
        foreach (OutputEvaluation output in content.Record.Shipped.Where(output => output.Kind == OutputKind.Label))
        {
            IReadOnlyList<ReliabilityBin> bins = ReliabilityBin.Of(output.Outcomes);
            html.AppendChart(new ReportChart(
                "calibration",
                $"{output.Prompt} / {output.Output}: how often answers of a confidence are right; calibration error {HtmlText.Percent(output.CalibrationError)}",
                [.. bins.Select(bin => new { confidence = bin.Confidence, accuracy = bin.Accuracy, rows = bin.Rows })],
                ["confidence", "right", "rows"],
                [.. bins.Select(bin => (IReadOnlyList<string>)[HtmlText.Percent(bin.Confidence), HtmlText.Percent(bin.Accuracy), bin.Rows.ToString(CultureInfo.InvariantCulture)])]));
        }
    }
}
