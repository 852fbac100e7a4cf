using EdgeBuild.Contracts;
using EdgeBuild.Prompts.Tools;
using EdgeBuild.Prompts.Yaml;

namespace EdgeBuild.Prompts.Parsing;

/// <summary>Reads the top-level keys of the front matter.</summary>
internal sealed class FrontMatterReader(DiagnosticCollector diagnostics)
{
    private const string KnownKeys = "name, displayName, description, metadata, inputs, outputs, template";
    private const int LargestMaxInputTokens = 1 << 20;

    private readonly KeyReader _keys = new(diagnostics);

    /// <summary>Reads the keys; what is wrong is reported.</summary>
    public FrontMatter Read(YamlMapping root)
    {
        var result = new FrontMatter();
        YamlNode? inputs = null;
        YamlNode? outputs = null;
        bool hasName = false;
        foreach (YamlEntry entry in root.Entries)
        {
            switch (entry.Key.Text)
            {
                case "name":
                    hasName = true;
                    result.NamePosition = entry.Value.Position;
                    result.Name = _keys.ReadIdentifier("name", entry.Value, allowHyphen: true);
                    break;
                case "displayName":
                    result.DisplayName = _keys.ReadText("displayName", entry.Value);
                    break;
                case "description":
                    result.Description = _keys.ReadText("description", entry.Value);
                    break;
                case "metadata":
                    ReadMetadata(entry.Value, result);
                    break;
                case "inputs":
                    inputs = entry.Value;
                    break;
                case "outputs":
                    outputs = entry.Value;
                    break;
                case "template":
                    ReadTemplate(entry.Value);
                    break;
                default:
                    ReportUnknownKey(entry);
                    break;
            }
        }

        if (!hasName)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, FirstLine, "The front matter has no 'name'. Add it, for example 'name: triage'.");
        }

        var fields = new FieldReader(_keys, diagnostics);
        result.Inputs = ReadInputs(inputs, fields);
        result.Outputs = ReadOutputs(outputs, fields, result.Edge);
        FieldCheck.RefuseEqualNames(result.Inputs, result.Outputs, diagnostics);
        return result;
    }

    private static SourcePosition FirstLine => new(1, 1, 1, 4);

    private IReadOnlyList<PromptInput> ReadInputs(YamlNode? node, FieldReader fields)
    {
        if (node is null)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, FirstLine, "The front matter has no 'inputs'. List at least one input with its name and kind.");
            return [];
        }

        return fields.ReadInputs(node);
    }

    private IReadOnlyList<PromptOutput> ReadOutputs(YamlNode? node, FieldReader fields, EdgeMetadata edge)
    {
        if (edge.ToolsPosition is { } toolsPosition)
        {
            if (node is not null)
            {
                diagnostics.Error(ErrorCodes.InvalidFrontMatter, toolsPosition, "A prompt has 'outputs' or 'metadata.edge.tools', not both: with tools the answer is one call of one of them. Remove one of the two.");
            }

            FieldCheck.RefuseOutputKeys(edge, diagnostics);
            return [ToolReader.Output(edge.Tools, toolsPosition)];
        }

        if (node is null)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, FirstLine, "The front matter has no 'outputs'. List at least one output with its name and kind.");
            return [];
        }

        return FieldCheck.Outputs(fields.ReadOutputs(node, "outputs"), edge, diagnostics);
    }

    private void ReadMetadata(YamlNode value, FrontMatter result)
    {
        if (_keys.ReadMapping("metadata", value) is not { } metadata)
        {
            return;
        }

        result.Metadata = metadata;
        if (metadata["edge"] is not { } edgeNode || _keys.ReadMapping("metadata.edge", edgeNode) is not { } edge)
        {
            return;
        }

        foreach (YamlEntry entry in edge.Entries)
        {
            switch (entry.Key.Text)
            {
                case "maxInputTokens":
                    if (entry.Value is YamlScalar { IntegerValue: >= 1 and <= LargestMaxInputTokens and long tokens })
                    {
                        result.Edge.MaxInputTokens = (int)tokens;
                    }
                    else
                    {
                        diagnostics.Error(
                            ErrorCodes.InvalidFrontMatter,
                            entry.Value.Position,
                            $"'metadata.edge.maxInputTokens' must be an integer from 1 to {LargestMaxInputTokens}.");
                    }

                    break;
                case "freeText":
                    result.Edge.FreeText = _keys.ReadTexts("metadata.edge.freeText", entry.Value) ?? [];
                    break;
                case "maxTokens":
                    result.Edge.MaxTokens = _keys.ReadMapping("metadata.edge.maxTokens", entry.Value)?.Entries ?? [];
                    break;
                case "tools":
                    result.Edge.ToolsPosition = entry.Key.Position;
                    result.Edge.Tools = new ToolReader(_keys, diagnostics).Read(entry.Value);
                    break;
                default:
                    diagnostics.Error(
                        ErrorCodes.InvalidFrontMatter,
                        entry.Key.Position,
                        $"'{entry.Key.Text}' is not a key of 'metadata.edge'. Known keys: maxInputTokens, maxTokens, freeText, tools.");
                    break;
            }
        }
    }

    private void ReadTemplate(YamlNode value)
    {
        if (value is YamlScalar scalar)
        {
            RequireDefault("template", scalar, "jinja2");
            return;
        }

        if (_keys.ReadMapping("template", value) is not { } template)
        {
            return;
        }

        foreach (YamlEntry entry in template.Entries)
        {
            string? expected = entry.Key.Text switch { "format" => "jinja2", "parser" => "prompty", _ => null };
            if (expected is null)
            {
                diagnostics.Error(ErrorCodes.InvalidFrontMatter, entry.Key.Position, $"'{entry.Key.Text}' is not a key of 'template'. Known keys: format, parser.");
                continue;
            }

            YamlNode kind = entry.Value is YamlMapping { Entries: [{ Key.Text: "kind", Value: { } only }] } ? only : entry.Value;
            RequireDefault($"template.{entry.Key.Text}", kind, expected);
        }
    }

    private void RequireDefault(string key, YamlNode value, string expected)
    {
        if (value is not YamlScalar { IsString: true } scalar || scalar.Text != expected)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, value.Position, $"'{key}' may only be {expected}, the default. Remove the key.");
        }
    }

    private void ReportUnknownKey(YamlEntry entry)
    {
        string key = entry.Key.Text;
        string? version1 = key switch
        {
            "sample" => "'sample' belongs to Prompty v1. Move each value to the 'example' of its input.",
            "authors" or "version" or "tags" => $"'{key}' at the top level belongs to Prompty v1. Move it below 'metadata'.",
            "$schema" => "'$schema' belongs to Prompty v1. Remove it.",
            "model" when IsVersion1Model(entry.Value) =>
                "'model' with 'api', 'configuration' or 'parameters' belongs to Prompty v1. Remove it: the Model metadata of the EdgePrompt item names the model.",
            _ => null,
        };
        if (version1 is not null)
        {
            diagnostics.Version1(entry.Key.Position, version1);
            return;
        }

        string hint = key switch
        {
            "model" => "Remove it: the Model metadata of the EdgePrompt item names the model.",
            "tools" => "Functions of the app stand below 'metadata', in 'edge', as 'tools'.",
            "instructions" => "Write the instructions below the front matter, after a line 'system:'.",
            "edge" or "maxInputTokens" => "EdgeBuild's own keys stand below 'metadata', in 'edge'.",
            _ => $"Known keys: {KnownKeys}. Keys of your own may stand below 'metadata'.",
        };
        diagnostics.Error(ErrorCodes.InvalidFrontMatter, entry.Key.Position, $"'{key}' is not a key of an EdgeBuild prompt file. {hint}");
    }

    private static bool IsVersion1Model(YamlNode value) =>
        value is YamlMapping model && (model["api"] ?? model["configuration"] ?? model["parameters"]) is not null;
}
