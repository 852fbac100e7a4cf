using System.Text;
using YamlDotNet.RepresentationModel;

namespace EdgeBuild.Worker.Upgrading;

/// <summary>The front matter of a Prompty v1 file, in the terms of v2.</summary>
internal sealed class Version1Prompt
{
    private static readonly string[] _describing = ["version", "authors", "tags"];
    private static readonly string[] _fieldLists = ["inputs", "outputs"];

    private Version1Prompt(string name) => Name = name;

    public string Name { get; }

    public string? DisplayName { get; private init; }

    public string? Description { get; private init; }

    public IReadOnlyList<KeyValuePair<string, YamlNode>> Metadata { get; private init; } = [];

    public IReadOnlyList<UpgradedField> Inputs { get; private init; } = [];

    public IReadOnlyList<UpgradedField> Outputs { get; private init; } = [];

    /// <summary>Gets a value indicating whether the only output is any text.</summary>
    public bool IsFreeText { get; private init; }

    /// <summary>Whether keys stand in the front matter that only v1 has.</summary>
    public static bool IsVersion1(YamlMappingNode root) =>
        root.Children.Keys.OfType<YamlScalarNode>().Any(key => key.Value is "sample" or "$schema" || _describing.Contains(key.Value))
        || (root.Find("model") is YamlMappingNode model && (model.Find("api") ?? model.Find("configuration") ?? model.Find("parameters")) is not null)
        || _fieldLists.Any(key => Fields(root.Find(key)).Any(field => field.Value.Find("type") is not null || field.Value.Find("sample") is not null));

    /// <summary>Reads the keys.</summary>
    public static Version1Prompt Read(YamlMappingNode root, string fileName, IReadOnlyList<string> placeholders, Func<string, string?> readBeside, List<string> notes)
    {
        string title = root.FindText("name") ?? fileName;
        string name = Identifier(title);
        var fields = new Version1Fields(Version1Sample.Read(root.Find("sample"), readBeside, notes), notes);
        IReadOnlyList<UpgradedField> inputs = fields.ReadInputs(root.Find("inputs"), placeholders);
        IReadOnlyList<UpgradedField> outputs = Version1Fields.ReadOutputs(root.Find("outputs"), inputs);
        bool freeText = outputs is [{ Kind: "string", Labels.Count: 0 }];
        if (freeText)
        {
            notes.Add($"The answer '{outputs[0].Name}' is any text (metadata.edge.freeText). Remove freeText when it is one of a closed set of labels, and list them in enumValues.");
        }

        foreach (string left in root.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value!).Where(IsLeftOut))
        {
            notes.Add(left == "model"
                ? "'model' was left out: the Model metadata of the EdgePrompt item names the model, which runs in the app."
                : $"'{left}' was left out.");
        }

        return new Version1Prompt(name)
        {
            DisplayName = root.FindText("displayName") ?? (title == name ? null : title),
            Description = root.FindText("description"),
            Metadata = [.. MetadataOf(root)],
            Inputs = inputs,
            Outputs = outputs,
            IsFreeText = freeText,
        };
    }

    /// <summary>The fields below <c>inputs</c> or <c>outputs</c>, as keys or as a list.</summary>
    public static IEnumerable<KeyValuePair<string, YamlNode>> Fields(YamlNode? node) => node switch
    {
        YamlMappingNode mapping => mapping.Children.Where(entry => entry.Key is YamlScalarNode).Select(entry => KeyValuePair.Create(((YamlScalarNode)entry.Key).Value!, entry.Value)),
        YamlSequenceNode list => list.Children.Where(item => item.FindText("name") is not null).Select(item => KeyValuePair.Create(item.FindText("name")!, item)),
        _ => [],
    };

    private static bool IsLeftOut(string key) =>
        key is not ("name" or "displayName" or "description" or "metadata" or "sample" or "inputs" or "outputs" or "template" or "$schema") && !_describing.Contains(key);

    private static IEnumerable<KeyValuePair<string, YamlNode>> MetadataOf(YamlMappingNode root)
    {
        foreach (string key in _describing.Where(key => root.Find(key) is not null))
        {
            yield return KeyValuePair.Create(key, root.Find(key)!);
        }

        foreach (KeyValuePair<string, YamlNode> entry in Fields(root.Find("metadata") as YamlMappingNode).Where(entry => !_describing.Contains(entry.Key)))
        {
            yield return entry;
        }
    }

    private static string Identifier(string title)
    {
        var name = new StringBuilder();
        foreach (char character in title)
        {
            if (char.IsAsciiLetterOrDigit(character) || character is '_' or '-')
            {
                name.Append(char.IsAsciiLetter(character) && title.Contains(' ', StringComparison.Ordinal) ? char.ToLowerInvariant(character) : character);
            }
            else if (name.Length > 0 && name[^1] != '-')
            {
                name.Append('-');
            }
        }

        string result = name.ToString().Trim('-');
        return result.Length == 0 || char.IsAsciiDigit(result[0]) ? "prompt-" + result : result;
    }
}
