using EdgeBuild.Contracts;
using EdgeBuild.Prompts.Tools;

namespace EdgeBuild.Prompts;

/// <summary>One output of a prompt: a property of the result and a column of the dataset.</summary>
public sealed record PromptOutput
{
    /// <summary>Gets the name; empty for the items of an array.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the kind.</summary>
    public required PromptValueKind Kind { get; init; }

    /// <summary>Gets the description, or null.</summary>
    public string? Description { get; init; }

    /// <summary>Gets the labels as the file gives them; empty when they come from the training rows.</summary>
    public IReadOnlyList<string> EnumValues { get; init; } = [];

    /// <summary>Gets a value indicating whether the answer always has this output; true when the file does not say.</summary>
    public bool Required { get; init; } = true;

    /// <summary>Gets what an array holds, or null.</summary>
    public PromptOutput? Items { get; init; }

    /// <summary>Gets the properties of an object.</summary>
    public IReadOnlyList<PromptOutput> Properties { get; init; } = [];

    /// <summary>Gets the functions (<c>metadata.edge.tools</c>) of which the answer calls one; empty for other outputs.</summary>
    public IReadOnlyList<PromptTool> Tools { get; init; } = [];

    /// <summary>Gets a value indicating whether the answer is any text (<c>metadata.edge.freeText</c>) instead of one of a closed set of labels.</summary>
    public bool IsFreeText { get; init; }

    /// <summary>Gets the number of tokens after which the value ends (<c>metadata.edge.maxTokens</c>), or null for the default of its kind.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Gets a value indicating whether the answer is one of a closed set: a label, true or false.</summary>
    public bool IsLabelled => Kind == PromptValueKind.Boolean || (Kind == PromptValueKind.String && !IsFreeText);

    /// <summary>Gets the place of the name.</summary>
    public required SourcePosition Position { get; init; }
}
