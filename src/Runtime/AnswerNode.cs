using EdgeBuild.Prompts;

namespace EdgeBuild.Runtime;

/// <summary>A part of a nested value: an array, an object, or a leaf that is chosen or generated.</summary>
internal sealed class AnswerNode
{
    /// <summary>Gets what the prompt says of the value.</summary>
    public required PromptOutput Output { get; init; }

    /// <summary>Gets how a leaf is found; null for arrays and objects.</summary>
    public CompletionStep? Leaf { get; init; }

    /// <summary>Gets the properties of an object.</summary>
    public IReadOnlyList<AnswerNode> Properties { get; init; } = [];

    /// <summary>Gets what an array holds.</summary>
    public AnswerNode? Item { get; init; }

    /// <summary>Gets the arguments of each function, in the order of the labels of <see cref="Function"/>; empty for other values.</summary>
    public IReadOnlyList<AnswerNode> Arguments { get; init; } = [];

    /// <summary>Gets how the function to call is chosen; null for other values.</summary>
    public CompletionStep? Function { get; init; }

    /// <summary>Gets the tokens of <see cref="NestedAnswer.Opening"/>.</summary>
    public required int[] Opening { get; init; }

    /// <summary>Gets the tokens that a value without opening may begin with.</summary>
    public required int[] FirstTokens { get; init; }

    /// <summary>Gets the number of tokens that the value takes at most when it has to end as soon as its form allows.</summary>
    public required int ClosingTokens { get; init; }

    /// <summary>Gets the leaves.</summary>
    public IEnumerable<CompletionStep> Leaves =>
        new[] { Leaf, Function }.OfType<CompletionStep>()
            .Concat(Properties.Concat(Arguments).SelectMany(part => part.Leaves))
            .Concat(Item?.Leaves ?? []);
}
