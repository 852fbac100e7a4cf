using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Yaml;

/// <summary>A node of the front matter: <see cref="YamlScalar"/>, <see cref="YamlSequence"/> or <see cref="YamlMapping"/>.</summary>
public abstract class YamlNode
{
    private protected YamlNode(SourcePosition position) => Position = position;

    /// <summary>Gets the first place of the node in its file and the place after its last character.</summary>
    public SourcePosition Position { get; }
}
