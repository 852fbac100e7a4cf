using EdgeBuild.Contracts;
using EdgeBuild.Prompts.Parsing;
using EdgeBuild.Prompts.Yaml;

namespace EdgeBuild.Prompts.Tools;

/// <summary>Reads the functions below <c>metadata.edge.tools</c>.</summary>
internal sealed class ToolReader(KeyReader keys, DiagnosticCollector diagnostics)
{
    private const string Key = "metadata.edge.tools";
    private const string KnownKeys = "name, description, parameters";

    private readonly FieldReader _fields = new(keys, diagnostics);

    /// <summary>The output whose answer is one call of one of the tools.</summary>
    /// <param name="tools">The tools.</param>
    /// <param name="position">The place of the key.</param>
    public static PromptOutput Output(IReadOnlyList<PromptTool> tools, SourcePosition position) => new()
    {
        Name = PromptTool.OutputName,
        Kind = PromptValueKind.Object,
        Description = "The function to call, with its arguments.",
        Tools = tools,
        Position = position,
    };

    /// <summary>Reads the list; what is wrong is reported.</summary>
    public IReadOnlyList<PromptTool> Read(YamlNode node)
    {
        if (node is not YamlSequence { Items.Count: > 0 } sequence)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, node.Position, $"'{Key}' must be a list of at least one function. Write '- name: …' and 'parameters:' below it.");
            return [];
        }

        var tools = new List<PromptTool>();
        foreach (YamlNode item in sequence.Items)
        {
            if (keys.ReadMapping($"An item of '{Key}'", item) is { } mapping && ReadTool(mapping) is { } tool)
            {
                RefuseEqualName(tool, tools);
                tools.Add(tool);
            }
        }

        return tools;
    }

    private PromptTool? ReadTool(YamlMapping item)
    {
        string? name = null;
        string? description = null;
        IReadOnlyList<PromptOutput> parameters = [];
        foreach (YamlEntry entry in item.Entries)
        {
            switch (entry.Key.Text)
            {
                case "name":
                    name = keys.ReadIdentifier("name", entry.Value, allowHyphen: true);
                    break;
                case "description":
                    description = keys.ReadText("description", entry.Value);
                    break;
                case "parameters":
                    parameters = ReadParameters(entry.Value);
                    break;
                default:
                    diagnostics.Error(ErrorCodes.InvalidFrontMatter, entry.Key.Position, $"'{entry.Key.Text}' is not a key of a tool. Known keys: {KnownKeys}.");
                    break;
            }
        }

        if (item["name"] is null)
        {
            diagnostics.Error(ErrorCodes.InvalidFrontMatter, item.Position with { EndLine = 0, EndColumn = 0 }, "This tool has no 'name'. Add it, for example 'name: open_ticket'.");
        }

        return name is null ? null : new PromptTool { Name = name, Description = description, Parameters = parameters, Position = item["name"]!.Position };
    }

    private IReadOnlyList<PromptOutput> ReadParameters(YamlNode node)
    {
        // A function without parameters is a sensible one, so an empty list is right here and nowhere else.
        if (node is YamlSequence { Items.Count: 0 })
        {
            return [];
        }

        IReadOnlyList<ReadOutput> parameters = _fields.ReadOutputs(node, "parameters");
        FieldCheck.RefuseEqualNames([], [.. parameters.Select(parameter => parameter.Output)], diagnostics);
        foreach (ReadOutput parameter in parameters)
        {
            FieldCheck.Labels(parameter, diagnostics);
        }

        return [.. parameters.Select(parameter => FieldCheck.PartsAsWritten(parameter.Output))];
    }

    private void RefuseEqualName(PromptTool tool, List<PromptTool> others)
    {
        string identifier = PromptNaming.PropertyName(tool.Name);
        if (others.Find(other => PromptNaming.PropertyName(other.Name) == identifier) is { } first)
        {
            diagnostics.Error(
                ErrorCodes.DuplicateName,
                tool.Position,
                $"The tools '{first.Name}' and '{tool.Name}' give the same C# name '{identifier}'. Rename one of them.");
        }
    }
}
