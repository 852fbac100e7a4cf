using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace EdgeBuild.Generators.Models;

/// <summary>One EdgePrompt item of the project.</summary>
/// <param name="Path">The path of the file.</param>
/// <param name="Text">Its text.</param>
/// <param name="Model">The Model metadata.</param>
/// <param name="Namespace">The Namespace metadata.</param>
/// <param name="ClientName">The ClientName metadata.</param>
internal sealed record PromptFile(string Path, string Text, string Model, string Namespace, string ClientName)
{
    private const string Prefix = "build_metadata.AdditionalFiles.";

    /// <summary>The kind of an additional file, as EdgeBuild's targets mark it; empty for files of others.</summary>
    public static string Kind(AdditionalText file, AnalyzerConfigOptionsProvider options) => Metadata(file, options, "EdgeBuildKind");

    /// <summary>Reads an item.</summary>
    public static PromptFile Read(AdditionalText file, AnalyzerConfigOptionsProvider options, CancellationToken cancellationToken) => new(
        file.Path,
        file.GetText(cancellationToken)?.ToString() ?? string.Empty,
        Metadata(file, options, "EdgeModel"),
        Metadata(file, options, "EdgeNamespace"),
        Metadata(file, options, "EdgeClientName"));

    private static string Metadata(AdditionalText file, AnalyzerConfigOptionsProvider options, string name) =>
        options.GetOptions(file).TryGetValue(Prefix + name, out string? value) ? value : string.Empty;
}
