using System.Globalization;
using EdgeBuild.Contracts;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>Warnings about rows: as many as a person reads, and the number of the rest.</summary>
public static class BoundedWarnings
{
    private const int Most = 10;

    /// <summary>Writes the warnings.</summary>
    /// <param name="code">Their code.</param>
    /// <param name="findings">File, line and message of each.</param>
    /// <param name="write">Receives the diagnostics.</param>
    public static void Write(string code, IReadOnlyList<(string File, int Line, string Message)> findings, Action<Diagnostic> write)
    {
        foreach ((string file, int line, string message) in findings.Take(Most))
        {
            write(new Diagnostic(code, DiagnosticSeverity.Warning, file, new SourcePosition(line, 1), message));
        }

        if (findings.Count > Most)
        {
            string rest = string.Create(CultureInfo.InvariantCulture, $"and {findings.Count - Most} more rows of this kind.");
            write(new Diagnostic(code, DiagnosticSeverity.Warning, findings[Most].File, default, rest));
        }
    }
}
