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

    /// <summary>Adds the error of something that only Prompty v1 has, and says how the file is converted.</summary>
    public void Version1(SourcePosition position, string message) =>
        Error(ErrorCodes.PromptyVersion1, position, $"{message} Or convert the file with 'edgebuild prompt upgrade {Path.GetFileName(path)}'.");

    /// <summary>Adds a warning.</summary>
    public void Warning(string code, SourcePosition position, string message) =>
        _diagnostics.Add(new Diagnostic(code, DiagnosticSeverity.Warning, path, position, message));

    /// <summary>The findings in the order of the file.</summary>
    public IReadOnlyList<Diagnostic> ToList() =>
        [.. _diagnostics.OrderBy(diagnostic => diagnostic.Position.Line).ThenBy(diagnostic => diagnostic.Position.Column)];
}
