using EdgeBuild.Prompts.Yaml;

namespace EdgeBuild.Prompts.Parsing;

/// <summary>EdgeBuild's own keys, below <c>metadata.edge</c>.</summary>
internal sealed class EdgeMetadata
{
    public int MaxInputTokens { get; set; } = PromptDocument.DefaultMaxInputTokens;

    public IReadOnlyList<YamlScalar> FreeText { get; set; } = [];
}
