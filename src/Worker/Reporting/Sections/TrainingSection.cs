using System.Globalization;
using System.Text;

namespace EdgeBuild.Worker.Reporting;

/// <summary>The loss curve.</summary>
internal static class TrainingSection
{
    private const int TableRows = 40;

    public static void Append(StringBuilder html, ReportContent content)
    {
        IReadOnlyList<LossPoint> losses = content.Record.Losses;
        if (losses.Count < 2)
        {
            html.Append("<p>The adapter came from the cache, and its loss curve is not kept.</p>\n");
            return;
        }

        int step = Math.Max(1, losses.Count / TableRows);
        LossPoint[] told = [.. losses.Where((point, index) => index % step == 0 || index == losses.Count - 1 || point.ValidationLoss is not null)];
        html.AppendChart(new ReportChart(
            "losses",
            "Loss by step, in nats a token: of the training rows of the step, and of the validation rows",
            [.. losses.Select(point => new { step = point.Step, training = Finite(point.TrainingLoss), validation = Finite(point.ValidationLoss) })],
            ["step", "training", "validation"],
            [.. told.Select(point => (IReadOnlyList<string>)[point.Step.ToString(CultureInfo.InvariantCulture), Number(point.TrainingLoss), Number(point.ValidationLoss)])]));
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static string Number(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? string.Empty;
}
