using EdgeBuild.Contracts;
using EdgeBuild.LanguageServer.Documents;
using EdgeBuild.LanguageServer.Protocol;
using Range = EdgeBuild.LanguageServer.Protocol.Range;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>Findings of the parsers in the form of the protocol.</summary>
internal static class Findings
{
    public const string Source = "edgebuild";

    // VS Code shows a thousand of them; more only cost time.
    private const int Most = 1000;

    /// <summary>Converts findings: errors first, and what is too much as a number.</summary>
    /// <param name="findings">The findings.</param>
    /// <param name="document">The document.</param>
    /// <param name="sorted">Whether errors come first; else the order stays.</param>
    public static IReadOnlyList<LspDiagnostic> From(IReadOnlyList<Diagnostic> findings, OpenDocument document, bool sorted = true)
    {
        LspDiagnostic[] all = [.. findings.OrderBy(finding => finding.IsError || !sorted ? 0 : 1).Select(finding => From(finding, document))];
        return all.Length <= Most
            ? all
            : [.. all[..Most], new LspDiagnostic(default, 2, string.Empty, Source, $"{all.Length - Most} more findings are not shown.")];
    }

    private static LspDiagnostic From(Diagnostic finding, OpenDocument document)
    {
        var range = Range.From(finding.Position);
        if (range.Start == range.End)
        {
            // A finding without an end is about the line.
            range = new Range(range.Start, new Position(range.Start.Line, Math.Max(range.Start.Character + 1, document.Line(range.Start.Line).Length)));
        }

        return new LspDiagnostic(range, finding.IsError ? 1 : 2, finding.Code, Source, finding.Message);
    }
}
