using EdgeBuild.Contracts;
using EdgeBuild.Prompts.Yaml;

namespace EdgeBuild.Prompts.Parsing;

/// <summary>What inputs and outputs must fulfil beyond their form.</summary>
internal static class FieldCheck
{
    private const int LargestMaxTokens = 1 << 16;

    /// <summary>Checks one input.</summary>
    public static void Input(PromptValueKind kind, SourcePosition kindPosition, YamlScalar? example, IReadOnlyList<YamlScalar> enumValues, DiagnosticCollector diagnostics)
    {
        if (kind is PromptValueKind.Array or PromptValueKind.Object)
        {
            diagnostics.Error(
                ErrorCodes.UnsupportedKind,
                kindPosition,
                $"An input of kind {Name(kind)} is not supported in this version. Use string, integer, float or boolean.");
            return;
        }

        if (example is not null && !Fits(kind, example))
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, example.Position, $"The example is no {Name(kind)}. Correct it, or change the kind.");
        }

        if (enumValues.Count > 0 && kind != PromptValueKind.String)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, enumValues[0].Position, "'enumValues' is for inputs of kind string. Remove it, or change the kind.");
        }
        else if (example is not null && enumValues.Count > 0 && enumValues.All(value => value.Text != example.Text))
        {
            diagnostics.Error(ErrorCodes.UnknownLabel, example.Position, "The example is not one of the input's 'enumValues'. Correct it, or add the value.");
        }
    }

    /// <summary>Checks the outputs together and marks those that are free text.</summary>
    public static IReadOnlyList<PromptOutput> Outputs(IReadOnlyList<ReadOutput> outputs, EdgeMetadata edge, DiagnosticCollector diagnostics)
    {
        var result = new List<PromptOutput>();
        var freeText = new HashSet<string>(edge.FreeText.Select(name => name.Text), StringComparer.Ordinal);
        foreach (YamlScalar name in edge.FreeText)
        {
            RefuseWrongFreeText(name, outputs, diagnostics);
        }

        foreach (ReadOutput output in outputs)
        {
            Labels(output, diagnostics);
            result.Add(PartsAsWritten(output.Output) with { IsFreeText = freeText.Contains(output.Output.Name) });
        }

        foreach (YamlEntry limit in edge.MaxTokens)
        {
            int index = result.FindIndex(output => output.Name == limit.Key.Text);
            if (MaxTokens(limit, index < 0 ? null : result[index], diagnostics) is int tokens)
            {
                result[index] = result[index] with { MaxTokens = tokens };
            }
        }

        return result;
    }

    /// <summary>With tools there is no output that these keys could speak of.</summary>
    public static void RefuseOutputKeys(EdgeMetadata edge, DiagnosticCollector diagnostics)
    {
        foreach (YamlScalar name in edge.FreeText)
        {
            diagnostics.Error(
                ErrorCodes.InvalidFrontMatter,
                name.Position,
                "'metadata.edge.freeText' is for outputs, and a prompt with tools has none: a parameter of kind string is any text unless it has enumValues. Remove it.");
        }

        foreach (YamlEntry limit in edge.MaxTokens)
        {
            diagnostics.Error(
                ErrorCodes.InvalidFrontMatter,
                limit.Key.Position,
                "'metadata.edge.maxTokens' is for outputs, and a prompt with tools has none. Remove it; EdgeCallOptions.MaxTokens limits each text of a call.");
        }
    }

    /// <summary>Within an array or object a string is one of its labels, or free text when it has none: rows give labels to whole outputs only.</summary>
    /// <param name="output">The output.</param>
    /// <returns>The output with its strings marked.</returns>
    public static PromptOutput PartsAsWritten(PromptOutput output) => output with
    {
        IsFreeText = output is { Kind: PromptValueKind.String, EnumValues.Count: 0 },
        Items = output.Items is { } items ? PartsAsWritten(items) : null,
        Properties = [.. output.Properties.Select(PartsAsWritten)],
    };

    /// <summary>Inputs and outputs are columns of one dataset, so no name may stand twice.</summary>
    public static void RefuseEqualNames(IReadOnlyList<PromptInput> inputs, IReadOnlyList<PromptOutput> outputs, DiagnosticCollector diagnostics)
    {
        var names = new Dictionary<string, SourcePosition>(StringComparer.Ordinal);
        foreach ((string name, SourcePosition position) in inputs.Select(input => (input.Name, input.Position)).Concat(outputs.Select(output => (output.Name, output.Position))))
        {
            if (names.TryGetValue(name, out SourcePosition first))
            {
                diagnostics.Error(ErrorCodes.DuplicateName, position, $"The name '{name}' stands here a second time, first in line {first.Line}. Inputs and outputs share one set of names; rename one.");
            }
            else
            {
                names.Add(name, position);
            }
        }

        RefuseEqualIdentifiers("inputs", inputs.Select(input => (input.Name, PromptNaming.ParameterName(input.Name), input.Position)), diagnostics);
        RefuseEqualIdentifiers("outputs", outputs.Select(output => (output.Name, PromptNaming.PropertyName(output.Name), output.Position)), diagnostics);
    }

    private static void RefuseEqualIdentifiers(string what, IEnumerable<(string Name, string Identifier, SourcePosition Position)> fields, DiagnosticCollector diagnostics)
    {
        var identifiers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string identifier, SourcePosition position) in fields)
        {
            if (!identifiers.TryGetValue(identifier, out string? first))
            {
                identifiers.Add(identifier, name);
            }
            else if (first != name)
            {
                diagnostics.Error(ErrorCodes.DuplicateName, position, $"The {what} '{first}' and '{name}' give the same C# name '{identifier}'. Rename one of them.");
            }
        }
    }

    private static void RefuseWrongFreeText(YamlScalar name, IReadOnlyList<ReadOutput> outputs, DiagnosticCollector diagnostics)
    {
        ReadOutput? output = outputs.FirstOrDefault(candidate => candidate.Output.Name == name.Text);
        if (output is null)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, name.Position, $"'metadata.edge.freeText' names '{name.Text}', which is not an output. Correct the name.");
        }
        else if (output.Output.Kind != PromptValueKind.String || output.LabelsPosition is not null)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, name.Position, $"'{name.Text}' cannot be free text: that is for outputs of kind string without enumValues.");
        }
    }

    private static int? MaxTokens(YamlEntry limit, PromptOutput? output, DiagnosticCollector diagnostics)
    {
        if (output is null)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, limit.Key.Position, $"'metadata.edge.maxTokens' names '{limit.Key.Text}', which is not an output. Correct the name.");
        }
        else if (output is not ({ IsFreeText: true } or { Kind: PromptValueKind.Integer or PromptValueKind.Float }))
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, limit.Key.Position, $"'{limit.Key.Text}' has no length to limit: maxTokens is for numbers and for outputs in freeText.");
        }
        else if (limit.Value is YamlScalar { IntegerValue: >= 1 and <= LargestMaxTokens and long tokens })
        {
            return (int)tokens;
        }
        else
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, limit.Value.Position, $"'metadata.edge.maxTokens.{limit.Key.Text}' must be an integer from 1 to {LargestMaxTokens}.");
        }

        return null;
    }

    /// <summary>Checks the labels of one output.</summary>
    public static void Labels(ReadOutput output, DiagnosticCollector diagnostics)
    {
        if (output.LabelsPosition is not { } position)
        {
            return;
        }

        if (output.Output.Kind != PromptValueKind.String)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, position, "'enumValues' is for outputs of kind string. Remove it, or change the kind.");
            return;
        }

        if (output.Labels.Count < 2)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, position, "'enumValues' needs at least two labels.");
        }

        var labels = new Dictionary<string, YamlScalar>(StringComparer.Ordinal);
        foreach (YamlScalar label in output.Labels)
        {
            if (label.Text.Length == 0 || label.Text != label.Text.Trim() || label.Text.Any(char.IsControl))
            {
                diagnostics.Error(ErrorCodes.InvalidFrontMatter, label.Position, "A label must not be empty, start or end with a space, or hold line ends.");
            }
            else if (labels.TryGetValue(label.Text, out YamlScalar? first))
            {
                diagnostics.Error(ErrorCodes.DuplicateLabel, label.Position, $"The label '{label.Text}' stands here a second time, first in line {first.Position.Line}. Remove one of the two.");
            }
            else
            {
                labels.Add(label.Text, label);
            }
        }

        if (PromptNaming.FindClash([.. labels.Keys]) is { } clash)
        {
            string[] texts = [.. labels.Keys];
            diagnostics.Warning(
                ErrorCodes.LabelNameClash,
                labels[texts[clash.Second]].Position,
                $"The labels '{texts[clash.First]}' and '{texts[clash.Second]}' give the same C# name '{clash.Name}', so the later one gets a number. Rename one of them to choose its name.");
        }
    }

    private static bool Fits(PromptValueKind kind, YamlScalar example) => kind switch
    {
        PromptValueKind.String => example.IsString,
        PromptValueKind.Integer => example.IntegerValue is not null,
        PromptValueKind.Float => example.NumberValue is not null,
        _ => example.BooleanValue is not null,
    };

    private static string Name(PromptValueKind kind) => kind switch
    {
        PromptValueKind.String => "string",
        PromptValueKind.Integer => "integer",
        PromptValueKind.Float => "float",
        PromptValueKind.Boolean => "boolean",
        PromptValueKind.Array => "array",
        _ => "object",
    };
}
