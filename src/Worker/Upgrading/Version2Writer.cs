using YamlDotNet.RepresentationModel;

namespace EdgeBuild.Worker.Upgrading;

/// <summary>Writes front matter of the subset that EdgeBuild reads.</summary>
internal static class Version2Writer
{
    /// <summary>Writes the front matter with its delimiters.</summary>
    public static string Write(Version1Prompt prompt)
    {
        var yaml = new BlockYamlWriter();
        yaml.Line("---");
        yaml.Text(0, "name", prompt.Name);
        OptionalText(yaml, 0, "displayName", prompt.DisplayName);
        OptionalText(yaml, 0, "description", prompt.Description);
        if (prompt.Metadata.Count > 0 || prompt.IsFreeText)
        {
            yaml.Line("metadata:");
            foreach (KeyValuePair<string, YamlNode> entry in prompt.Metadata)
            {
                yaml.Node(2, entry.Key, entry.Value);
            }

            if (prompt.IsFreeText)
            {
                yaml.Line("  edge:");
                yaml.Line($"    freeText: [{prompt.Outputs[0].Name}]");
            }
        }

        WriteFields(yaml, "inputs", prompt.Inputs, isOutput: false);
        WriteFields(yaml, "outputs", prompt.Outputs, isOutput: true);
        yaml.Line("---");
        return yaml.ToString();
    }

    private static void WriteFields(BlockYamlWriter yaml, string key, IReadOnlyList<UpgradedField> fields, bool isOutput)
    {
        if (fields.Count == 0)
        {
            return;
        }

        yaml.Line(key + ":");
        foreach (UpgradedField field in fields)
        {
            yaml.Text(2, "- name", field.Name);
            yaml.Text(4, "kind", field.Kind);
            if (isOutput)
            {
                // Without the word, other readers of v2 take an output for optional.
                yaml.Line("    required: true");
            }

            OptionalText(yaml, 4, "description", field.Description);
            if (field.Example is { } example)
            {
                yaml.Scalar(4, "example", example.Value!, isText: field.Kind == YamlType.String);
            }

            if (field.Labels.Count > 0)
            {
                yaml.Line("    enumValues:");
                foreach (string label in field.Labels)
                {
                    yaml.Item(6, label);
                }
            }
        }
    }

    private static void OptionalText(BlockYamlWriter yaml, int indentation, string key, string? text)
    {
        if (text is not null)
        {
            yaml.Text(indentation, key, text);
        }
    }
}
