using YamlDotNet.RepresentationModel;

namespace EdgeBuild.Worker.Upgrading;

/// <summary>Reads the inputs and outputs of a Prompty v1 file.</summary>
/// <param name="samples">The sample values by input.</param>
/// <param name="notes">Receives what was left out or guessed.</param>
internal sealed class Version1Fields(IReadOnlyDictionary<string, YamlNode> samples, List<string> notes)
{
    /// <summary>Reads the inputs; without any, those that samples and placeholders name.</summary>
    public IReadOnlyList<UpgradedField> ReadInputs(YamlNode? node, IReadOnlyList<string> placeholders)
    {
        KeyValuePair<string, YamlNode>[] fields = [.. Version1Prompt.Fields(node)];
        if (fields.Length > 0)
        {
            return [.. fields.Select(field => ReadInput(field.Key, field.Value))];
        }

        string[] names = samples.Count > 0 ? [.. samples.Keys] : [.. placeholders];
        if (names.Length > 0)
        {
            notes.Add($"The file declared no inputs; {string.Join(", ", names)} were taken from the {(samples.Count > 0 ? "sample" : "placeholders")}.");
        }

        return [.. names.Select(name => ReadInput(name, null))];
    }

    /// <summary>Reads the outputs; without any, a text.</summary>
    public static IReadOnlyList<UpgradedField> ReadOutputs(YamlNode? node, IReadOnlyList<UpgradedField> inputs)
    {
        KeyValuePair<string, YamlNode>[] fields = [.. Version1Prompt.Fields(node)];
        return fields.Length > 0
            ? [.. fields.Select(field => new UpgradedField(field.Key, Kind(field.Value, null), field.Value.FindText("description"), null, Labels(field.Value)))]
            : [new UpgradedField(inputs.Any(input => input.Name == "answer") ? "reply" : "answer", "string", null, null, [])];
    }

    private static IReadOnlyList<string> Labels(YamlNode field) =>
        (field.Find("enumValues") ?? field.Find("enum") ?? field.Find("json_schema").Find("enum")) is YamlSequenceNode list
            ? [.. list.Children.OfType<YamlScalarNode>().Select(item => item.Value!)]
            : [];

    private static string Kind(YamlNode? field, YamlScalarNode? example)
    {
        string? type = field.FindText("type") ?? field.FindText("kind") ?? field.Find("json_schema").FindText("type");
        return type switch
        {
            null => YamlType.Of(example),
            "number" => YamlType.Of(example) == YamlType.Integer ? YamlType.Integer : YamlType.Float,
            _ => type,
        };
    }

    private UpgradedField ReadInput(string name, YamlNode? field)
    {
        YamlNode? found = field.Find("sample") ?? field.Find("default") ?? field.Find("example") ?? (samples.TryGetValue(name, out YamlNode? sample) ? sample : field as YamlScalarNode);
        var example = found as YamlScalarNode;
        if (found is not null && example is null)
        {
            notes.Add($"The sample of '{name}' was left out: an example is a single value.");
        }

        if (field.FindText("required") == "false" || field.Find("default") is not null)
        {
            notes.Add($"The input '{name}' was optional; a generated client always asks for it.");
        }

        return new UpgradedField(name, Kind(field, example), field.FindText("description"), example is { Value.Length: 0 } ? null : example, []);
    }
}
