using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts;

/// <summary>What <see cref="PromptDocument.Parse"/> found.</summary>
/// <param name="Document">The prompt; null only when there are errors.</param>
/// <param name="Diagnostics">Errors and warnings in the order of the file.</param>
/// <param name="Syntax">What could be read, also of a file with errors.</param>
public sealed record PromptParseResult(PromptDocument? Document, IReadOnlyList<Diagnostic> Diagnostics, PromptSyntax Syntax);
