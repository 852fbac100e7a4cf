namespace EdgeBuild.Contracts;

/// <summary>
/// A message of the worker that a build shows at minimal verbosity: <c>@headline TEXT</c>. A model has three of them: what is going to be done,
/// how good the result is, and where the report lies.
/// </summary>
public static class WorkerHeadline
{
    private const string Marker = "@headline ";

    /// <summary>Formats the line.</summary>
    /// <param name="text">One line of text.</param>
    /// <returns>The line.</returns>
    public static string ToLine(string text) => Marker + text;

    /// <summary>Reads a line of the worker's standard output.</summary>
    /// <param name="line">The line.</param>
    /// <returns>The text, or null when the line is no headline.</returns>
    public static string? Parse(string line) => line.StartsWith(Marker, StringComparison.Ordinal) ? line.Substring(Marker.Length) : null;
}
