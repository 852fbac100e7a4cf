using System.Text.Json;

using EdgeBuild.Contracts;
using EdgeBuild.Prompts;

namespace EdgeBuild.Runtime.Chat;

/// <summary>
/// Reads a JSON schema into the outputs of a prompt, which the decoder holds the model to: objects, arrays, strings, closed sets of strings,
/// numbers, Booleans, and any of them or null.
/// </summary>
internal static class JsonSchemaOutput
{
    private const int DeepestSchema = 16;

    private static readonly string[] _combinations = ["anyOf", "oneOf"];

    // Formats are remarks by the standard; these are conditions.
    private static readonly string[] _conditions =
    [
        "allOf", "not", "if", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minItems", "maxItems", "uniqueItems", "contains", "prefixItems", "minProperties", "maxProperties", "patternProperties", "dependentRequired",
    ];

    /// <summary>Reads a schema.</summary>
    /// <param name="name">The name of the value.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="required">Whether the value is always there.</param>
    /// <returns>The output.</returns>
    /// <exception cref="EdgeModelException">EDGE3020: the schema says something that the decoder does not hold a model to.</exception>
    public static PromptOutput Read(string name, JsonElement schema, bool required = true)
    {
        try
        {
            return Read(name, schema, required, schema, 0);
        }
        catch (InvalidOperationException)
        {
            // A keyword has a value of another kind than the standard says.
            throw Unsupported(name, "is not valid");
        }
    }

    private static PromptOutput Read(string name, JsonElement schema, bool required, JsonElement root, int depth)
    {
        if (depth > DeepestSchema)
        {
            throw Unsupported(name, "is recursive or very deep");
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            throw Unsupported(name, "says nothing of the value");
        }

        if (_conditions.FirstOrDefault(condition => schema.TryGetProperty(condition, out _)) is string condition)
        {
            throw Unsupported(name, $"has the condition '{condition}'");
        }

        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            return Read(name, Resolve(name, root, reference.GetString() ?? string.Empty), required, root, depth + 1);
        }

        foreach (string combination in _combinations)
        {
            if (schema.TryGetProperty(combination, out JsonElement alternatives))
            {
                JsonElement[] values = [.. alternatives.EnumerateArray().Where(alternative => !IsNull(alternative))];
                return values.Length == 1
                    ? Read(name, values[0], required && values.Length == alternatives.GetArrayLength(), root, depth + 1)
                    : throw Unsupported(name, $"has {values.Length} alternatives in {combination}");
            }
        }

        (string type, bool nullable) = Type(name, schema);
        required &= !nullable;
        string? description = schema.TryGetProperty("description", out JsonElement text) ? text.GetString() : null;
        var output = new PromptOutput { Name = name, Kind = PromptValueKind.String, Description = description, Required = required, Position = default };
        return type switch
        {
            "object" => output with { Kind = PromptValueKind.Object, Properties = Properties(name, schema, root, depth) },
            "array" => output with
            {
                Kind = PromptValueKind.Array,
                Items = schema.TryGetProperty("items", out JsonElement items) ? Read(string.Empty, items, required: true, root, depth + 1) : throw Unsupported(name, "is an array without items"),
            },
            "boolean" => output with { Kind = PromptValueKind.Boolean },
            "integer" => output with { Kind = PromptValueKind.Integer },
            "number" => output with { Kind = PromptValueKind.Float },
            "string" when Labels(name, schema) is { Count: > 0 } labels => output with { EnumValues = labels },
            "string" => output with { IsFreeText = true },
            _ => throw Unsupported(name, $"has the type '{type}'"),
        };
    }

    private static IReadOnlyList<PromptOutput> Properties(string name, JsonElement schema, JsonElement root, int depth)
    {
        if (!schema.TryGetProperty("properties", out JsonElement properties))
        {
            return schema.TryGetProperty("additionalProperties", out JsonElement others) && others.ValueKind == JsonValueKind.False
                ? []
                : throw Unsupported(name, "is an object without properties");
        }

        HashSet<string> required = schema.TryGetProperty("required", out JsonElement names)
            ? [.. names.EnumerateArray().Select(required => required.GetString()!)]
            : [];
        return [.. properties.EnumerateObject().Select(property => Read(property.Name, property.Value, required.Contains(property.Name), root, depth + 1))];
    }

    private static (string Type, bool Nullable) Type(string name, JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out JsonElement type))
        {
            return schema.TryGetProperty("enum", out _) || schema.TryGetProperty("const", out _) ? ("string", false)
                : schema.TryGetProperty("properties", out _) ? ("object", false)
                : throw Unsupported(name, "says no type");
        }

        if (type.ValueKind == JsonValueKind.String)
        {
            return (type.GetString()!, false);
        }

        string[] types = [.. type.EnumerateArray().Select(element => element.GetString()!).Where(element => element != "null")];
        return types.Length == 1 ? (types[0], types.Length < type.GetArrayLength()) : throw Unsupported(name, $"has {types.Length} types");
    }

    private static IReadOnlyList<string> Labels(string name, JsonElement schema)
    {
        if (schema.TryGetProperty("const", out JsonElement only))
        {
            return only.ValueKind == JsonValueKind.String ? [only.GetString()!] : throw Unsupported(name, "has a constant that is no string");
        }

        return !schema.TryGetProperty("enum", out JsonElement labels) ? []
            : labels.EnumerateArray().All(label => label.ValueKind == JsonValueKind.String) ? [.. labels.EnumerateArray().Select(label => label.GetString()!)]
            : throw Unsupported(name, "has values in enum that are no strings");
    }

    private static bool IsNull(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.GetString() == "null";

    // A JSON pointer within the document, as generators of schemas write it for a type that occurs twice.
    private static JsonElement Resolve(string name, JsonElement root, string reference)
    {
        JsonElement target = root;
        foreach (string part in reference.Split('/'))
        {
            if (part == "#")
            {
                continue;
            }

            string key = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (target.ValueKind != JsonValueKind.Object || !target.TryGetProperty(key, out target))
            {
                throw Unsupported(name, $"refers to '{reference}', which is not in it");
            }
        }

        return target;
    }

    private static EdgeModelException Unsupported(string name, string what) => new(
        ErrorCodes.UnsupportedChatRequest,
        $"The JSON schema of '{(name.Length == 0 ? "items" : name)}' {what}, which the decoder cannot hold a model to. Use objects with properties, arrays with items, strings, enums of strings, numbers, Booleans, and null beside one of them.");
}
