using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Yaml;

/// <summary>Keys with values.</summary>
public sealed class YamlMapping : YamlNode
{
    internal YamlMapping(IReadOnlyList<YamlEntry> entries, SourcePosition position)
        : base(position) => Entries = entries;

    /// <summary>Gets the entries in the order of the file; keys are unique.</summary>
    public IReadOnlyList<YamlEntry> Entries { get; }

    /// <summary>Gets the value of a key, or null.</summary>
    /// <param name="key">The exact key.</param>
    public YamlNode? this[string key] => Entries.FirstOrDefault(entry => string.Equals(entry.Key.Text, key, StringComparison.Ordinal))?.Value;
}
