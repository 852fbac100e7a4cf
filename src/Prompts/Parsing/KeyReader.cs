using EdgeBuild.Contracts;
using EdgeBuild.Prompts.Yaml;

namespace EdgeBuild.Prompts.Parsing;

/// <summary>Reads typed values of keys and reports those of the wrong kind.</summary>
internal sealed class KeyReader(DiagnosticCollector diagnostics)
{
    /// <summary>A text, or null after a diagnostic.</summary>
    public string? ReadText(string key, YamlNode value)
    {
        if (value is not YamlScalar scalar)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, value.Position, $"'{key}' must be text, not a list or keys of its own.");
            return null;
        }

        if (scalar.IsString)
        {
            return scalar.Text;
        }

        diagnostics.Error(
            ErrorCodes.InvalidFrontMatter,
            scalar.Position,
            scalar.IsNull ? $"'{key}' has no value. Write one, or remove the key." : $"'{key}' must be text. Put {scalar.Text} in double quotes.");
        return null;
    }

    /// <summary>A text that is an identifier, or null after a diagnostic.</summary>
    public string? ReadIdentifier(string key, YamlNode value, bool allowHyphen)
    {
        string? text = ReadText(key, value);
        if (text is null || IsIdentifier(text, allowHyphen))
        {
            return text;
        }

        diagnostics.Error(
            ErrorCodes.InvalidFrontMatter,
            value.Position,
            $"'{key}' must start with a letter (a to z) and hold only letters, digits, '_'{(allowHyphen ? " and '-'" : string.Empty)}.");
        return null;
    }

    /// <summary>A Boolean, or null after a diagnostic.</summary>
    public bool? ReadBoolean(string key, YamlNode value)
    {
        if (value is YamlScalar { BooleanValue: { } boolean })
        {
            return boolean;
        }

        diagnostics.Error(ErrorCodes.InvalidFrontMatter, value.Position, $"'{key}' must be true or false.");
        return null;
    }

    /// <summary>The texts of a list, or null after a diagnostic.</summary>
    public IReadOnlyList<YamlScalar>? ReadTexts(string key, YamlNode value)
    {
        if (value is not YamlSequence sequence)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, value.Position, $"'{key}' must be a list: one '- value' a line, or [a, b].");
            return null;
        }

        var texts = new List<YamlScalar>();
        foreach (YamlNode item in sequence.Items)
        {
            if (item is YamlScalar { IsString: true } scalar)
            {
                texts.Add(scalar);
            }
            else if (item is YamlScalar { IsNull: false } other)
            {
                diagnostics.Error(
                    ErrorCodes.InvalidFrontMatter,
                    other.Position,
                    $"An item of '{key}' must be text, and YAML reads {other.Text} as a number or truth value. Put it in double quotes.");
            }
            else
            {
                diagnostics.Error(ErrorCodes.InvalidFrontMatter, item.Position, $"An item of '{key}' must be text.");
            }
        }

        return texts.Count == sequence.Items.Count ? texts : null;
    }

    /// <summary>The mapping of a key, or null after a diagnostic.</summary>
    public YamlMapping? ReadMapping(string key, YamlNode value)
    {
        if (value is YamlMapping mapping)
        {
            return mapping;
        }

        diagnostics.Error(ErrorCodes.InvalidFrontMatter, value.Position, $"'{key}' must hold keys of its own, each on an indented line.");
        return null;
    }

    private static bool IsIdentifier(string text, bool allowHyphen)
    {
        for (int index = 0; index < text.Length; index++)
        {
            bool letter = text[index] is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_';
            bool later = text[index] is >= '0' and <= '9' || (allowHyphen && text[index] == '-');
            if (!letter && (index == 0 || !later))
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
