using EdgeBuild.Contracts;
using EdgeBuild.Prompts.Tools;
using EdgeBuild.Prompts.Yaml;

namespace EdgeBuild.Prompts.Parsing;

/// <summary>EdgeBuild's own keys, below <c>metadata.edge</c>.</summary>
internal sealed class EdgeMetadata
{
    public int MaxInputTokens { get; set; } = PromptDocument.DefaultMaxInputTokens;

    public IReadOnlyList<YamlScalar> FreeText { get; set; } = [];

    /// <summary>Gets or sets the entries of <c>maxTokens</c>: an output and its number of tokens.</summary>
    public IReadOnlyList<YamlEntry> MaxTokens { get; set; } = [];

    public IReadOnlyList<PromptTool> Tools { get; set; } = [];

    /// <summary>Gets or sets the place of <c>tools</c>, or null.</summary>
    public SourcePosition? ToolsPosition { get; set; }
}
