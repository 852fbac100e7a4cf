using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Parsing;

/// <summary>Gathers the findings about one file.</summary>
internal sealed class DiagnosticCollector(string path)
{
    private readonly List<Diagnostic> _diagnostics = [];

    /// <summary>Gets a value indicating whether an error was found.</summary>
    public bool HasErrors => _diagnostics.Exists(diagnostic => diagnostic.IsError);

    /// <summary>Adds an error.</summary>
    public void Error(string code, SourcePosition position, string message) =>
        _diagnostics.Add(new Diagnostic(code, DiagnosticSeverity.Error, path, position, message));

    /// <summary>Adds a warning.</summary>
    public void Warning(string code, SourcePosition position, string message) =>
        _diagnostics.Add(new Diagnostic(code, DiagnosticSeverity.Warning, path, position, message));

    /// <summary>The findings in the order of the file.</summary>
    public IReadOnlyList<Diagnostic> ToList() =>
        [.. _diagnostics.OrderBy(diagnostic => diagnostic.Position.Line).ThenBy(diagnostic => diagnostic.Position.Column)];
}
