using System.Globalization;
using System.Text;
using EdgeBuild.Runtime;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Reporting;

/// <summary>Whether answers of some confidence are right as often as that.</summary>
internal static class CalibrationSection
{
    private const int MostLabels = 200;

    private static readonly double[] _shownPrecisions = [0.9, 0.95, 0.99];

    public static void Append(StringBuilder html, ReportContent content)
    {
        foreach (OutputEvaluation output in content.Record.Shipped.Where(output => output.Kind == OutputKind.Label))
        {
            IReadOnlyList<ReliabilityBin> bins = ReliabilityBin.Of(output.Outcomes);
            html.AppendChart(new ReportChart(
                "calibration",
                $"{output.Prompt} / {output.Output}: how often answers of a confidence are right; calibration error {HtmlText.Percent(output.CalibrationError)}{Before(content, output)}",
                [.. bins.Select(bin => new { confidence = bin.Confidence, accuracy = bin.Accuracy, rows = bin.Rows })],
                ["confidence", "right", "rows"],
                [.. bins.Select(bin => (IReadOnlyList<string>)[HtmlText.Percent(bin.Confidence), HtmlText.Percent(bin.Accuracy), bin.Rows.ToString(CultureInfo.InvariantCulture)])]));
            if (Of(content, output) is { Levels.Count: > 0 } confidence)
            {
                AppendThresholds(html, output, [.. confidence.Levels.Where(level => _shownPrecisions.Contains(level.Precision))]);
            }
        }
    }

    private static OutputConfidence? Of(ReportContent content, OutputEvaluation output) =>
        content.Record.Confidence.FirstOrDefault(confidence => confidence.Prompt == output.Prompt && confidence.Output == output.Output);

    private static string Before(ReportContent content, OutputEvaluation output) => Of(content, output) is { } confidence
        ? string.Create(CultureInfo.InvariantCulture, $" (before the temperature of {confidence.Temperature:0.00}: {output.RawCalibrationError:P1})")
        : string.Empty;

    /// <summary>A label without a threshold is never sure enough; an app leaves all of its answers to somebody else.</summary>
    private static void AppendThresholds(StringBuilder html, OutputEvaluation output, IReadOnlyList<EdgeManifestPrecision> levels) => html.AppendTable(
        $"{output.Prompt} / {output.Output}: the least confidence to act on, by the precision that an app asks for, and what that gave on the test rows",
        ["<label", .. levels.Select(level => HtmlText.Percent(level.Precision))],
        [
            .. output.Labels.Take(MostLabels).Select(label => (IReadOnlyList<string>)
                [HtmlText.Encode(label), .. levels.Select(level => level.Thresholds.TryGetValue(label, out double threshold) ? HtmlText.Percent(threshold) : "never")]),
            ["answers acted on", .. levels.Select(level => HtmlText.Percent(level.Coverage))],
            ["of these right", .. levels.Select(level => HtmlText.Percent(level.Measured))],
        ]);
}
