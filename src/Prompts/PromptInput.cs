using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts;

/// <summary>One input of a prompt: a parameter of the client, a column of the dataset, a placeholder of the body.</summary>
public sealed record PromptInput
{
    /// <summary>Gets the name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the kind.</summary>
    public required PromptValueKind Kind { get; init; }

    /// <summary>Gets the description, or null.</summary>
    public string? Description { get; init; }

    /// <summary>Gets the example as text, or null. It is documentation and never used at run time.</summary>
    public string? Example { get; init; }

    /// <summary>Gets the values that callers are expected to pass; empty when any will do. They are documentation.</summary>
    public IReadOnlyList<string> EnumValues { get; init; } = [];

    /// <summary>Gets the place of the name.</summary>
    public required SourcePosition Position { get; init; }
}
