using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Yaml;

/// <summary>A list.</summary>
public sealed class YamlSequence : YamlNode
{
    internal YamlSequence(IReadOnlyList<YamlNode> items, SourcePosition position)
        : base(position) => Items = items;

    /// <summary>Gets the items in the order of the file.</summary>
    public IReadOnlyList<YamlNode> Items { get; }
}
