using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace EdgeBuild.Worker.Upgrading;

/// <summary>The sample values of a Prompty v1 file, which stand in it or in a JSON file beside it.</summary>
internal static class Version1Sample
{
    /// <summary>Reads the values by the name of their input.</summary>
    public static IReadOnlyDictionary<string, YamlNode> Read(YamlNode? node, Func<string, string?> readBeside, List<string> notes)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                return mapping.Children.Where(entry => entry.Key is YamlScalarNode).ToDictionary(entry => ((YamlScalarNode)entry.Key).Value!, entry => entry.Value, StringComparer.Ordinal);
            case YamlScalarNode { Value: { Length: > 0 } reference }:
                string file = reference.StartsWith("${file:", StringComparison.Ordinal) ? reference[7..].TrimEnd('}') : reference;
                return ReadFile(file, readBeside(file), notes);
            default:
                return new Dictionary<string, YamlNode>();
        }
    }

    private static Dictionary<string, YamlNode> ReadFile(string file, string? json, List<string> notes)
    {
        var values = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        try
        {
            using JsonDocument? document = json is null ? null : JsonDocument.Parse(json);
            if (document?.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (JsonProperty property in document.RootElement.EnumerateObject())
                {
                    values[property.Name] = ToNode(property.Value);
                }

                return values;
            }
        }
        catch (JsonException)
        {
            // Told below, like a file that is missing.
        }

        notes.Add($"The sample file '{file}' could not be read, so the inputs have no examples from it.");
        return values;
    }

    private static YamlNode ToNode(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => new YamlScalarNode(value.GetString()) { Style = ScalarStyle.DoubleQuoted },
        JsonValueKind.Array or JsonValueKind.Object => new YamlSequenceNode(),
        _ => new YamlScalarNode(value.GetRawText()) { Style = ScalarStyle.Plain },
    };
}
