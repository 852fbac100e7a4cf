using System.Globalization;
using EdgeBuild.Contracts;

namespace EdgeBuild.Tasks;

/// <summary>Reads the lines that <see cref="Diagnostic.ToString"/> writes, as they come from the worker.</summary>
internal static class CanonicalDiagnostic
{
    /// <summary>The origin that stands where no file is concerned.</summary>
    private const string NoFile = "EdgeBuild";

    /// <summary>Reads <c>file(line,column): error EDGEnnnn: message</c>.</summary>
    /// <param name="line">A line of the worker.</param>
    /// <returns>The diagnostic, or null when the line is none.</returns>
    public static Diagnostic? Parse(string line) =>
        Parse(line, ": error EDGE", DiagnosticSeverity.Error) ?? Parse(line, ": warning EDGE", DiagnosticSeverity.Warning);

    private static Diagnostic? Parse(string line, string marker, DiagnosticSeverity severity)
    {
        int at = line.IndexOf(marker, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        int codeStart = at + marker.Length - "EDGE".Length;
        int colon = line.IndexOf(": ", codeStart, StringComparison.Ordinal);
        if (colon < 0 || colon - codeStart != "EDGE0000".Length)
        {
            return null;
        }

        (string path, SourcePosition position) = SplitOrigin(line.Substring(0, at));
        return new Diagnostic(line.Substring(codeStart, colon - codeStart), severity, path, position, line.Substring(colon + 2));
    }

    private static (string Path, SourcePosition Position) SplitOrigin(string origin)
    {
        int open = origin.LastIndexOf('(');
        if (open > 0 && origin[origin.Length - 1] == ')')
        {
            string[] numbers = origin.Substring(open + 1, origin.Length - open - 2).Split(',');
            if (numbers.Length == 2 && TryParse(numbers[0], out int line) && TryParse(numbers[1], out int column))
            {
                return (origin.Substring(0, open), new SourcePosition(line, column));
            }
        }

        return (origin == NoFile ? string.Empty : origin, default);
    }

    private static bool TryParse(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
