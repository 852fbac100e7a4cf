using System.Globalization;

namespace EdgeBuild.Contracts;

/// <summary>One progress line of the worker: <c>@progress PERCENT SECONDS_LEFT TEXT</c>.</summary>
/// <param name="Percent">How much of the whole run is done, 0 to 100.</param>
/// <param name="SecondsLeft">The seconds until the end, or null when unknown.</param>
/// <param name="Text">What is being done.</param>
public sealed record WorkerProgress(double Percent, double? SecondsLeft, string Text)
{
    private const string Marker = "@progress ";

    /// <summary>Gets the time left for people, for example <c>1 min 10 s</c>; empty when unknown.</summary>
    public string TimeLeft => SecondsLeft switch
    {
        null => string.Empty,
        >= 60 and double seconds => string.Format(CultureInfo.InvariantCulture, "{0} min {1:00} s", (int)seconds / 60, (int)seconds % 60),
        double seconds => string.Format(CultureInfo.InvariantCulture, "{0} s", (int)seconds),
    };

    /// <summary>Reads a line of the worker's standard output.</summary>
    /// <param name="line">The line.</param>
    /// <param name="progress">The progress, when the line is one.</param>
    /// <returns>Whether the line is a progress line.</returns>
    public static bool TryParse(string line, out WorkerProgress? progress)
    {
        progress = null;
        if (!line.StartsWith(Marker, StringComparison.Ordinal))
        {
            return false;
        }

        string[] parts = line.Split([' '], 4);
        if (parts.Length < 4 || !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double percent))
        {
            return false;
        }

        double? left = double.TryParse(parts[2], NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) ? seconds : null;
        progress = new WorkerProgress(percent, left, parts[3]);
        return true;
    }

    /// <summary>Formats the line.</summary>
    /// <returns>One line of text.</returns>
    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture,
        "{0}{1:0.#} {2} {3}",
        Marker,
        Percent,
        SecondsLeft is { } left ? left.ToString("0", CultureInfo.InvariantCulture) : "-",
        Text.Replace('\n', ' ').Replace('\r', ' '));

    /// <summary>Formats the line that people read, for example <c>41 % training, epoch 2 of 3, loss 0.312 (1 min 10 s left)</c>.</summary>
    /// <returns>One line of text.</returns>
    public string ToDisplayText() =>
        string.Format(CultureInfo.InvariantCulture, "{0,3:0} % {1}{2}", Percent, Text, TimeLeft.Length > 0 ? $" ({TimeLeft} left)" : string.Empty);
}
