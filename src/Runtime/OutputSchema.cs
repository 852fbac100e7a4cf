using System.Text.Json;
using System.Text.Json.Nodes;

using EdgeBuild.Prompts;
using EdgeBuild.Prompts.Tools;

namespace EdgeBuild.Runtime;

/// <summary>The outputs of a prompt as JSON schema, for chat clients that are asked for them.</summary>
internal static class OutputSchema
{
    /// <summary>Makes the schema of an object with all outputs.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <returns>The schema, in the subset that providers of structured output take: every property required, none beside them.</returns>
    public static JsonElement Of(CompiledPrompt prompt)
    {
        IEnumerable<PromptOutput> outputs = prompt.Document.Outputs.Select(output =>
            output.Kind == PromptValueKind.String && output.IsLabelled ? output with { EnumValues = prompt.Labels[output.Name] } : output);
        using JsonDocument document = JsonDocument.Parse(Object(outputs).ToJsonString());
        return document.RootElement.Clone();
    }

    private static JsonObject Object(IEnumerable<PromptOutput> properties)
    {
        var schemas = new JsonObject();
        var required = new JsonArray();
        foreach (PromptOutput property in properties)
        {
            schemas.Add(property.Name, Value(property));
            required.Add((JsonNode)property.Name);
        }

        return new JsonObject { ["type"] = "object", ["properties"] = schemas, ["required"] = required, ["additionalProperties"] = false };
    }

    private static JsonObject Value(PromptOutput output)
    {
        JsonObject schema = output.Kind switch
        {
            PromptValueKind.Boolean => new JsonObject { ["type"] = "boolean" },
            PromptValueKind.Integer => new JsonObject { ["type"] = "integer" },
            PromptValueKind.Float => new JsonObject { ["type"] = "number" },
            PromptValueKind.Array => new JsonObject { ["type"] = "array", ["items"] = Value(output.Items!) },
            PromptValueKind.Object when output.Tools.Count > 0 => Call(output.Tools),
            PromptValueKind.Object => Object(output.Properties),
            _ => Text(output.EnumValues),
        };
        if (output.Description is string description)
        {
            schema["description"] = description;
        }

        return output.Required ? schema : new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
    }

    private static JsonObject Text(IReadOnlyList<string> labels)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (labels.Count > 0)
        {
            schema["enum"] = new JsonArray([.. labels.Select(label => (JsonNode)label)]);
        }

        return schema;
    }

    private static JsonObject Call(IReadOnlyList<PromptTool> tools) => new()
    {
        ["anyOf"] = new JsonArray([.. tools.Select(tool => new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                [PromptTool.NameKey] = Text([tool.Name]),
                [PromptTool.ArgumentsKey] = Object(tool.Parameters),
            },
            ["required"] = new JsonArray((JsonNode)PromptTool.NameKey, (JsonNode)PromptTool.ArgumentsKey),
            ["additionalProperties"] = false,
        })]),
    };
}
