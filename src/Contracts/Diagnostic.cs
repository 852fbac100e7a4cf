using System.Globalization;

namespace EdgeBuild.Contracts;

/// <summary>One finding about a file of the user, in the form that MSBuild, editors and people read.</summary>
/// <param name="Code">The code, <c>EDGEnnnn</c>; see docs/errors.</param>
/// <param name="Severity">Whether the build stops.</param>
/// <param name="Path">The file as the user named it.</param>
/// <param name="Position">Where in the file; all zero when it concerns the file as a whole.</param>
/// <param name="Message">What is wrong and what to do next. Never holds the text of a dataset row.</param>
public sealed record Diagnostic(string Code, DiagnosticSeverity Severity, string Path, SourcePosition Position, string Message)
{
    /// <summary>Gets a value indicating whether the build stops.</summary>
    public bool IsError => Severity == DiagnosticSeverity.Error;

    /// <summary>Formats the canonical MSBuild line <c>file(line,column): error EDGEnnnn: message</c>.</summary>
    /// <returns>One line of text.</returns>
    public override string ToString()
    {
        string severity = IsError ? "error" : "warning";
        string place = Position.Line > 0
            ? string.Format(CultureInfo.InvariantCulture, "({0},{1})", Position.Line, Math.Max(1, Position.Column))
            : string.Empty;
        string origin = Path.Length == 0 ? "EdgeBuild" : Path + place;
        return $"{origin}: {severity} {Code}: {Message}";
    }
}
