using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Runtime;

/// <summary>One value of an answer and the fixed text before it.</summary>
internal sealed class CompletionStep
{
    /// <summary>How a value is found.</summary>
    internal enum ValueKind
    {
        /// <summary>One of a closed set of labels.</summary>
        Label,

        /// <summary>A whole number.</summary>
        Integer,

        /// <summary>A number.</summary>
        Float,

        /// <summary>Text that is the whole answer and ends with the turn.</summary>
        Text,

        /// <summary>Text within the quotes of a JSON string.</summary>
        JsonText,

        /// <summary>An array, an object, or a value that may be missing.</summary>
        Nested,
    }

    /// <summary>Gets the name of the output.</summary>
    public required string Name { get; init; }

    /// <summary>Gets how the value is found.</summary>
    public required ValueKind Kind { get; init; }

    /// <summary>Gets the tokens of the fixed text before the value; empty for an answer that is one value.</summary>
    public required int[] FixedTokens { get; init; }

    /// <summary>Gets the tokens that end the value: the first of what may follow.</summary>
    public required int[] Terminators { get; init; }

    /// <summary>Gets the labels; empty for other kinds.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Gets the labels' tokens; null for other kinds.</summary>
    public LabelTrie? Trie { get; init; }

    /// <summary>Gets the head that tells the labels apart; null when their texts are scored.</summary>
    public LabelHeadValues? Head { get; init; }

    /// <summary>Gets the labels' tokens when their texts are scored; else null.</summary>
    public LabelTrie? ScoredTrie => Head is null ? Trie : null;

    /// <summary>Gets the temperature that the labels' log-probabilities are divided by.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Gets what tells inputs that are unlike the training data; null where nothing was measured.</summary>
    public Familiarity? Familiarity { get; init; }

    /// <summary>Gets the number of tokens after which a generated value is cut.</summary>
    public int MaximumTokens { get; set; }

    /// <summary>Gets a value indicating whether the value is a JSON string.</summary>
    public bool IsQuoted { get; init; }

    /// <summary>Gets the parts of a nested value; null for other kinds.</summary>
    public AnswerNode? Root { get; init; }

    /// <summary>Gets the values that are chosen or generated: the parts of a nested value, or the step itself.</summary>
    public IEnumerable<CompletionStep> Leaves => Root?.Leaves ?? [this];

    /// <summary>Gets the number of tokens that the value has at most.</summary>
    public int LongestValue => Trie?.LongestLabel ?? (MaximumTokens + (Root?.ClosingTokens ?? 0));

    /// <summary>Gets a value indicating whether the value is text, whose length a call may limit.</summary>
    public bool IsText => Kind is ValueKind.Text or ValueKind.JsonText;

    /// <summary>Computes the number of tokens that the value has at most in a call.</summary>
    /// <param name="settings">The settings of the call.</param>
    /// <returns>The number.</returns>
    public int LongestValueFor(CallSettings settings) => IsText && settings.MaximumTextTokens is int tokens ? tokens : LongestValue;
}
