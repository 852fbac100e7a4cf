using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace EdgeBuild.Worker.Upgrading;

/// <summary>Writes YAML in block style, with the few constructs that the prompt parser reads.</summary>
internal sealed partial class BlockYamlWriter
{
    private readonly StringBuilder _text = new();

    /// <summary>A line as it is.</summary>
    public void Line(string line) => _text.Append(line).Append('\n');

    /// <summary>A key with a text.</summary>
    public void Text(int indentation, string key, string text) => Scalar(indentation, key, text, isText: true);

    /// <summary>A key with a single value; numbers and truth values stay without quotes unless they are text.</summary>
    public void Scalar(int indentation, string key, string value, bool isText) =>
        Line($"{Spaces(indentation)}{key}: {(isText ? Quoted(value) : value)}");

    /// <summary>A list item with a text.</summary>
    public void Item(int indentation, string text) => Line($"{Spaces(indentation)}- {Quoted(text)}");

    /// <summary>A key with what stands below it.</summary>
    public void Node(int indentation, string key, YamlNode node)
    {
        string start = Spaces(indentation) + (PlainText().IsMatch(key) ? key : Quoted(key)) + ":";
        switch (node)
        {
            case YamlScalarNode scalar:
                Line(start + " " + Value(scalar));
                break;
            case YamlSequenceNode { Children: { Count: > 0 } items } when items.All(item => item is YamlScalarNode):
                Line(start);
                foreach (YamlScalarNode item in items.Cast<YamlScalarNode>())
                {
                    Line($"{Spaces(indentation + 2)}- {Value(item)}");
                }

                break;
            case YamlMappingNode { Children.Count: > 0 } mapping:
                Line(start);
                foreach (KeyValuePair<string, YamlNode> entry in Version1Prompt.Fields(mapping))
                {
                    Node(indentation + 2, entry.Key, entry.Value);
                }

                break;
            case YamlSequenceNode { Children: { Count: > 0 } items }:
                Line(start);
                for (int index = 0; index < items.Count; index++)
                {
                    // A list of lists or mappings becomes keys by number: it is information for people only.
                    Node(indentation + 2, "item" + (index + 1).ToString(CultureInfo.InvariantCulture), items[index]);
                }

                break;
            default:
                Line(start + " []");
                break;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private static string Spaces(int count) => new(' ', count);

    private static string Value(YamlScalarNode scalar) => YamlType.Of(scalar) == YamlType.String ? Quoted(scalar.Value ?? string.Empty) : scalar.Value!;

    private static string Quoted(string text)
    {
        if (PlainText().IsMatch(text) && YamlType.IsText(text))
        {
            return text;
        }

        var quoted = new StringBuilder("\"");
        foreach (char character in text)
        {
            quoted.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when char.IsControl(character) => "\\u" + ((int)character).ToString("x4", CultureInfo.InvariantCulture),
                _ => character.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    // Narrower than YAML: what is not plainly plain gets quotes.
    [GeneratedRegex(@"^[\p{L}_(/$]([\p{L}\p{M}\p{N} _.,;!?()/${}+*=<>%&'’–—-]|:(?=\S))*(?<! )$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainText();
}
