using YamlDotNet.RepresentationModel;

namespace EdgeBuild.Worker.Upgrading;

/// <summary>Reading of keys that may be absent.</summary>
internal static class YamlNodeReading
{
    /// <summary>The value of a key, or null.</summary>
    public static YamlNode? Find(this YamlNode? node, string key) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) ? value : null;

    /// <summary>The text of a key, or null.</summary>
    public static string? FindText(this YamlNode? node, string key) => node.Find(key) is YamlScalarNode { Value: { Length: > 0 } text } ? text : null;
}
