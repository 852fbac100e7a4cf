namespace EdgeBuild.LanguageServer.Features;

/// <summary>The keys of the front matter by the place where they may stand, with what they mean. The parser decides; this only proposes and explains.</summary>
internal static class PromptKeys
{
    private static readonly (string Key, string Text)[] _root =
    [
        ("name", "Identifies the prompt in items, lock file and datasets; the client is called after it."),
        ("displayName", "The name for people."),
        ("description", "What the prompt is for; stands in the documentation of the client."),
        ("inputs", "What callers pass: parameters of the client, columns of the dataset, placeholders of the body."),
        ("outputs", "What the model answers: properties of the result, columns of the dataset."),
        ("metadata", "Keys of your own, and EdgeBuild's below `edge`."),
    ];

    private static readonly (string Key, string Text)[] _input =
    [
        ("name", "The parameter, column and placeholder."),
        ("kind", "string, integer, float or boolean."),
        ("description", "Stands in the documentation of the parameter."),
        ("example", "An example value, for the documentation."),
        ("enumValues", "The values that callers are expected to pass, for the documentation."),
    ];

    private static readonly (string Key, string Text)[] _output =
    [
        ("name", "The property and column."),
        ("kind", "string, integer, float, boolean, array with `items`, or object with `properties`."),
        ("description", "Stands in the documentation of the property."),
        ("enumValues", "The labels, one of which is the answer. Left out, they come from the training rows."),
        ("required", "Whether the answer always has it; true when left out."),
        ("items", "What an array holds."),
        ("properties", "What an object holds."),
    ];

    private static readonly (string Key, string Text)[] _edge =
    [
        ("maxInputTokens", "The number of tokens that all inputs together may take; the longest is cut first. 1024 when left out."),
        ("maxTokens", "The number of tokens after which an output ends, by its name: for numbers (24 when left out) and free text (256)."),
        ("freeText", "The names of string outputs that are any text instead of one of a closed set of labels."),
        ("tools", "Functions of the app, of which the answer calls one; in place of `outputs`."),
    ];

    private static readonly (string Key, string Text)[] _tool =
    [
        ("name", "The function."),
        ("description", "When it is called."),
        ("parameters", "Its arguments, declared like outputs."),
    ];

    /// <summary>Gets the kinds of values.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["string", "integer", "float", "boolean", "array", "object"];

    /// <summary>Gets the roles of the body.</summary>
    public static IReadOnlyList<string> Roles { get; } = ["system:", "user:", "assistant:"];

    /// <summary>Gets the keys that may stand below a path of keys.</summary>
    public static IReadOnlyList<(string Key, string Text)> Below(IReadOnlyList<string> path) => path switch
    {
        [] => _root,
        ["inputs"] => _input,
        ["metadata"] => [("edge", "EdgeBuild's own keys.")],
        ["metadata", "edge"] => _edge,
        ["metadata", "edge", "tools"] => _tool,
        ["outputs", ..] or ["metadata", "edge", "tools", "parameters", ..] => _output,
        _ => [],
    };
}
