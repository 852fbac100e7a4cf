namespace EdgeBuild.LanguageServer.Protocol;

internal sealed record CodeDescription(string Href);

/// <summary>A finding; severity 1 is an error, 2 a warning (LSP 3.17, DiagnosticSeverity).</summary>
internal sealed record LspDiagnostic(Range Range, int Severity, string Code, string Source, string Message);

internal sealed record PublishDiagnosticsParams(string Uri, int? Version, IReadOnlyList<LspDiagnostic> Diagnostics);
