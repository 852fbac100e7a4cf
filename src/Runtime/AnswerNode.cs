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

    /// <summary>Gets the tokens of <see cref="NestedAnswer.Opening"/>.</summary>
    public required int[] Opening { get; init; }

    /// <summary>Gets the tokens that a value without opening may begin with.</summary>
    public required int[] FirstTokens { get; init; }

    /// <summary>Gets the number of tokens that the value takes at most when it has to end as soon as its form allows.</summary>
    public required int ClosingTokens { get; init; }

    /// <summary>Gets the leaves.</summary>
    public IEnumerable<CompletionStep> Leaves =>
        (Leaf is null ? [] : new[] { Leaf }).Concat(Properties.SelectMany(property => property.Leaves)).Concat(Item?.Leaves ?? []);
}
