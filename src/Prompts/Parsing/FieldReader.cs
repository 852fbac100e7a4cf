using EdgeBuild.Contracts;
using EdgeBuild.Prompts.Yaml;

namespace EdgeBuild.Prompts.Parsing;

/// <summary>Reads the lists below <c>inputs</c> and <c>outputs</c>.</summary>
internal sealed class FieldReader(KeyReader keys, DiagnosticCollector diagnostics)
{
    private const string KnownKinds = "string, integer, float, boolean, array, object";

    /// <summary>Reads <c>inputs</c>.</summary>
    public IReadOnlyList<PromptInput> ReadInputs(YamlNode node)
    {
        var inputs = new List<PromptInput>();
        foreach (YamlMapping item in ReadList("inputs", node))
        {
            string? name = null;
            PromptValueKind? kind = null;
            string? description = null;
            YamlScalar? example = null;
            IReadOnlyList<YamlScalar> enumValues = [];
            foreach (YamlEntry entry in item.Entries)
            {
                switch (entry.Key.Text)
                {
                    case "name":
                        name = keys.ReadIdentifier("name", entry.Value, allowHyphen: false);
                        break;
                    case "kind":
                        kind = ReadKind(entry.Value);
                        break;
                    case "description":
                        description = keys.ReadText("description", entry.Value);
                        break;
                    case "example":
                        example = ReadExample(entry.Value);
                        break;
                    case "enumValues":
                        enumValues = keys.ReadTexts("enumValues", entry.Value) ?? [];
                        break;
                    case "required":
                        RefuseOptional(keys.ReadBoolean("required", entry.Value), entry.Value, "input");
                        break;
                    default:
                        ReportUnknownKey(entry.Key, "an input", "name, kind, description, enumValues, required, example");
                        break;
                }
            }

            if (RequireNameAndKind(item, kind) && name is not null && kind is { } known)
            {
                FieldCheck.Input(known, item["kind"]!.Position, example, enumValues, diagnostics);
                inputs.Add(new PromptInput
                {
                    Name = name,
                    Kind = known,
                    Description = description,
                    Example = example?.Text,
                    EnumValues = [.. enumValues.Select(value => value.Text)],
                    Position = item["name"]!.Position,
                });
            }
        }

        return inputs;
    }

    /// <summary>Reads <c>outputs</c> or the parameters of a tool.</summary>
    public IReadOnlyList<ReadOutput> ReadOutputs(YamlNode node, string key) =>
        [.. ReadList(key, node).Select(item => ReadOutput(item, named: true, mayBeMissing: key != "outputs")).OfType<ReadOutput>()];

    /// <summary>A part of a value: its labels are checked here, those of a whole output together with the others.</summary>
    private PromptOutput? Checked(ReadOutput? part)
    {
        if (part is not null)
        {
            FieldCheck.Labels(part, diagnostics);
        }

        return part?.Output;
    }

    private ReadOutput? ReadOutput(YamlMapping item, bool named, bool mayBeMissing)
    {
        string? name = named ? null : string.Empty;
        PromptValueKind? kind = null;
        string? description = null;
        bool required = true;
        IReadOnlyList<YamlScalar>? enumValues = null;
        PromptOutput? items = null;
        IReadOnlyList<PromptOutput> properties = [];
        foreach (YamlEntry entry in item.Entries)
        {
            switch (entry.Key.Text)
            {
                case "name" when named:
                    name = keys.ReadIdentifier("name", entry.Value, allowHyphen: false);
                    break;
                case "kind":
                    kind = ReadKind(entry.Value);
                    break;
                case "description":
                    description = keys.ReadText("description", entry.Value);
                    break;
                case "enumValues":
                    enumValues = keys.ReadTexts("enumValues", entry.Value);
                    break;
                case "required":
                    required = keys.ReadBoolean("required", entry.Value) ?? true;
                    RefuseOptional(mayBeMissing || required, entry.Value, "output");
                    break;
                case "items":
                    items = keys.ReadMapping("items", entry.Value) is { } mapping ? Checked(ReadOutput(mapping, named: false, mayBeMissing: false)) : null;
                    break;
                case "properties":
                    properties = [.. ReadList("properties", entry.Value).Select(property => Checked(ReadOutput(property, named: true, mayBeMissing: true))).OfType<PromptOutput>()];
                    FieldCheck.RefuseEqualNames([], properties, diagnostics);
                    break;
                default:
                    ReportUnknownKey(entry.Key, "an output", "name, kind, description, enumValues, required, items, properties");
                    break;
            }
        }

        if (!RequireNameAndKind(item, kind, named) || name is null || kind is not { } known)
        {
            return null;
        }

        CheckShape(item, known);
        var output = new PromptOutput
        {
            Name = name,
            Kind = known,
            Description = description,
            EnumValues = [.. (enumValues ?? []).Select(value => value.Text)],
            Required = required,
            Items = items,
            Properties = properties,
            Position = (item["name"] ?? item).Position,
        };
        return new ReadOutput(output, item["kind"]!.Position, enumValues ?? [], enumValues is null ? null : item["enumValues"]!.Position);
    }

    private void CheckShape(YamlMapping item, PromptValueKind kind)
    {
        foreach ((string key, PromptValueKind owner) in new[] { ("items", PromptValueKind.Array), ("properties", PromptValueKind.Object) })
        {
            string name = owner == PromptValueKind.Array ? "array" : "object";
            if (kind == owner && item[key] is null)
            {
                diagnostics.Error(ErrorCodes.InvalidFrontMatter, item["kind"]!.Position, $"A value of kind {name} needs '{key}', which says what it holds. Add it.");
            }
            else if (kind != owner && item[key] is not null)
            {
                diagnostics.Error(ErrorCodes.InvalidFrontMatter, item.Entries.First(entry => entry.Key.Text == key).Key.Position, $"'{key}' is for values of kind {name}. Remove it, or change the kind.");
            }
        }
    }

    private IEnumerable<YamlMapping> ReadList(string key, YamlNode node)
    {
        if (node is YamlMapping mapping)
        {
            bool version1 = mapping.Entries.Any(entry => entry.Value is YamlMapping field && (field["type"] ?? field["sample"]) is not null);
            if (version1)
            {
                diagnostics.Version1(mapping.Position, $"'{key}' as keys with 'type' belongs to Prompty v1. Write a list: '- name: …' and 'kind: …' (number becomes float or integer).");
            }
            else
            {
                diagnostics.Error(ErrorCodes.InvalidFrontMatter, mapping.Position, $"'{key}' must be a list. Write '- name: {mapping.Entries[0].Key.Text}' and 'kind: string' below it.");
            }

            yield break;
        }

        if (node is not YamlSequence { Items.Count: > 0 } sequence)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, node.Position, $"'{key}' must be a list of at least one item. Write '- name: …' and 'kind: string' below it.");
            yield break;
        }

        foreach (YamlNode item in sequence.Items)
        {
            if (item is YamlMapping field)
            {
                yield return field;
            }
            else
            {
                diagnostics.Error(ErrorCodes.InvalidFrontMatter, item.Position, $"An item of '{key}' needs keys: '- name: …' and 'kind: string' below it.");
            }
        }
    }

    private PromptValueKind? ReadKind(YamlNode value)
    {
        string? text = keys.ReadText("kind", value);
        switch (text)
        {
            case "string":
                return PromptValueKind.String;
            case "integer":
                return PromptValueKind.Integer;
            case "float":
                return PromptValueKind.Float;
            case "boolean":
                return PromptValueKind.Boolean;
            case "array":
                return PromptValueKind.Array;
            case "object":
                return PromptValueKind.Object;
            case null:
                return null;
            default:
                diagnostics.Error(ErrorCodes.UnsupportedKind, value.Position, $"The kind '{text}' is not supported. Use one of: {KnownKinds}.");
                return null;
        }
    }

    private YamlScalar? ReadExample(YamlNode value)
    {
        if (value is YamlScalar { IsNull: false } scalar)
        {
            return scalar;
        }

        diagnostics.Error(ErrorCodes.InvalidFrontMatter, value.Position, "'example' must be a single value.");
        return null;
    }

    private void RefuseOptional(bool? required, YamlNode value, string what)
    {
        if (required == false)
        {
            diagnostics.Error(ErrorCodes.UnsupportedKind, value.Position, $"An {what} that may be missing is not supported in this version. Remove 'required: false'.");
        }
    }

    private bool RequireNameAndKind(YamlMapping item, PromptValueKind? kind, bool named = true)
    {
        if (named && item["name"] is null)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, item.Position with { EndLine = 0, EndColumn = 0 }, "This item has no 'name'. Add it.");
            return false;
        }

        if (kind is null && (item["kind"] ?? item["type"]) is null)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, item.Position with { EndLine = 0, EndColumn = 0 }, "This item has no 'kind'. Add it, for example 'kind: string'.");
        }

        return item["kind"] is not null;
    }

    private void ReportUnknownKey(YamlScalar key, string what, string known)
    {
        switch (key.Text)
        {
            case "type":
                diagnostics.Version1(key.Position, "'type' belongs to Prompty v1. Rename it to 'kind' (number becomes float or integer).");
                break;
            case "sample":
                diagnostics.Version1(key.Position, "'sample' belongs to Prompty v1. Rename it to 'example'.");
                break;
            default:
                diagnostics.Error(ErrorCodes.InvalidFrontMatter, key.Position, $"'{key.Text}' is not a key of {what}. Known keys: {known}.");
                break;
        }
    }
}
