using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace EdgeBuild.Generators.Tests;

/// <summary>An additional file of a project in memory.</summary>
internal sealed class ProjectFile(string path, string text, params (string Name, string Value)[] metadata) : AdditionalText
{
    public override string Path => path;

    public IReadOnlyDictionary<string, string> Metadata { get; } =
        metadata.ToDictionary(entry => "build_metadata.AdditionalFiles." + entry.Name, entry => entry.Value, StringComparer.OrdinalIgnoreCase);

    public static ProjectFile Prompt(string path, string text, string model = "Support", string space = "", string client = "") =>
        new(path, text, ("EdgeBuildKind", "Prompt"), ("EdgeModel", model), ("EdgeNamespace", space), ("EdgeClientName", client));

    public static ProjectFile Lock(string text) => new("/app/edgebuild.lock.json", text, ("EdgeBuildKind", "Lock"));

    public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
}
