using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Tools;

/// <summary>One function of the closed set below <c>metadata.edge.tools</c>.</summary>
public sealed record PromptTool
{
    /// <summary>The name of the output that a prompt with tools has.</summary>
    public const string OutputName = "call";

    /// <summary>The key of the function's name in the answer, <c>{"name":"…","arguments":{…}}</c>.</summary>
    public const string NameKey = "name";

    /// <summary>The key of the arguments in the answer.</summary>
    public const string ArgumentsKey = "arguments";

    /// <summary>Gets the name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the description, or null.</summary>
    public string? Description { get; init; }

    /// <summary>Gets the parameters in the order in which the answer gives them; may be empty. A string without labels is free text.</summary>
    public IReadOnlyList<PromptOutput> Parameters { get; init; } = [];

    /// <summary>Gets the place of the name.</summary>
    public required SourcePosition Position { get; init; }
}
