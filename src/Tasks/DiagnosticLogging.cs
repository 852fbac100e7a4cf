using EdgeBuild.Contracts;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace EdgeBuild.Tasks;

/// <summary>Logs diagnostics with code, place and help link, so that error lists, suppressions and warnings-as-errors work on them.</summary>
internal static class DiagnosticLogging
{
    private static readonly string[] _datasets = [".jsonl", ".csv"];

    /// <param name="log">The task's log.</param>
    /// <param name="diagnostic">The finding.</param>
    /// <param name="projectDirectory">Completes relative paths, so that a click on the line opens the file from wherever the build was started.</param>
    /// <param name="logData">Whether the row that a finding is about may be written to the log, where only detailed logs show it.</param>
    public static void LogDiagnostic(this TaskLoggingHelper log, Diagnostic diagnostic, string projectDirectory, bool logData = false)
    {
        SourcePosition position = diagnostic.Position;
        string? path = diagnostic.Path.Length == 0 ? null : Path.GetFullPath(Path.Combine(projectDirectory, diagnostic.Path));
        string help = ErrorCodes.HelpPath(diagnostic.Code);

        // Without the end: MSBuild would write file(line,column,line,column), and the form with two numbers is the one that every tool reads.
        // The message is an argument, since the user's names in it may hold braces.
        if (diagnostic.IsError)
        {
            log.LogError(
                null, diagnostic.Code, null, help, path, position.Line, position.Column, 0, 0, "{0}", diagnostic.Message);
        }
        else
        {
            log.LogWarning(
                null, diagnostic.Code, null, help, path, position.Line, position.Column, 0, 0, "{0}", diagnostic.Message);
        }

        if (logData && path is not null && position.Line > 0 && RowText(path, position.Line) is { } row)
        {
            log.LogMessage(MessageImportance.Low, "{0}({1}): {2}", path, position.Line, row);
        }
    }

    private static string? RowText(string path, int line)
    {
        try
        {
            return _datasets.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) ? File.ReadLines(path).Skip(line - 1).FirstOrDefault() : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The finding itself says what is wrong with the file.
            return null;
        }
    }
}
