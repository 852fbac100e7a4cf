using EdgeBuild.Contracts;
using EdgeBuild.Prompts.Yaml;

namespace EdgeBuild.Prompts.Parsing;

/// <summary>What the keys of the front matter say.</summary>
internal sealed class FrontMatter
{
    public string? Name { get; set; }

    public SourcePosition NamePosition { get; set; }

    public string? DisplayName { get; set; }

    public string? Description { get; set; }

    public YamlMapping? Metadata { get; set; }

    public EdgeMetadata Edge { get; set; } = new();

    public IReadOnlyList<PromptInput> Inputs { get; set; } = [];

    public IReadOnlyList<PromptOutput> Outputs { get; set; } = [];

    public int MaxInputTokens => Edge.MaxInputTokens;
}
