using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Runtime;

/// <summary>How the answers of a prompt are found: the values in order, with the fixed text before each and the labels' tries.</summary>
internal sealed class CompletionPlan
{
    /// <summary>Rows of this many tokens together: more of them make no batch more efficient, and each looks at the cells of all others.</summary>
    internal const int BatchCallTokens = 1024;

    /// <summary>Initializes a new instance of the <see cref="CompletionPlan"/> class.</summary>
    /// <param name="steps">The values in the order of the answer.</param>
    /// <param name="maximumNodes">Number of trie nodes that one batch evaluates at most.</param>
    internal CompletionPlan(IReadOnlyList<CompletionStep> steps, int maximumNodes)
    {
        Steps = steps;
        MaximumNodes = maximumNodes;
    }

    /// <summary>Gets the values in the order of the answer.</summary>
    public IReadOnlyList<CompletionStep> Steps { get; }

    /// <summary>Gets the number of trie nodes that one batch evaluates at most.</summary>
    public int MaximumNodes { get; }

    /// <summary>Gets the number of tokens that the model's context may have at most; see <see cref="LongRope"/>.</summary>
    public int ContextLimit { get; init; } = int.MaxValue;

    /// <summary>Computes how large a context the prompt needs.</summary>
    /// <param name="encoder">Turns the prompt's segments into tokens.</param>
    /// <param name="settings">The settings of the call; null for the defaults.</param>
    /// <returns>The capacity for one call.</returns>
    public ContextCapacity Capacity(PromptEncoder encoder, CallSettings? settings = null)
    {
        int prefix = encoder.PrefixTokens.Length;
        int batch = Math.Max(prefix, 1);
        int pending = encoder.MaximumCallTokens;
        int forks = 1;
        int nodes = 0;
        foreach (CompletionStep step in Steps)
        {
            foreach (CompletionStep leaf in step.Leaves)
            {
                int group = leaf.ScoredTrie?.LargestGroup ?? 0;
                batch = Math.Max(batch, pending + step.FixedTokens.Length + group);
                forks = Math.Max(forks, leaf.ScoredTrie?.LargestFork ?? 0);
                nodes = Math.Max(nodes, group);
            }

            // A generated value is computed token by token, beside what follows it; a nested one may end with a label and punctuation.
            pending = step.Root?.ClosingTokens ?? (step.Trie is null ? 1 : step.LongestValue);
            batch = Math.Max(batch, pending + nodes);
        }

        int outputs = Math.Max(nodes + 1, Outputs(rows: 1));
        batch = Math.Max(batch, outputs);

        // Beside the forks there are the sequence of the prefix and that of the call.
        return new ContextCapacity(
            prefix, MaximumTokens(encoder, settings) - prefix + nodes, batch, forks + 2, outputs, Steps.Any(step => step.Head is not null));
    }

    /// <summary>Computes how large a context is needed to answer several rows at once.</summary>
    /// <param name="encoder">Turns the prompt's segments into tokens.</param>
    /// <param name="rows">The number of rows, as <see cref="LargestGroup"/> gives it.</param>
    /// <param name="settings">The settings of the call; null for the defaults.</param>
    /// <returns>The capacity for one group of rows, which is enough for a single call as well.</returns>
    public ContextCapacity BatchCapacity(PromptEncoder encoder, int rows, CallSettings? settings = null)
    {
        int tokens = BatchCallTokens + Outputs(rows);
        return Capacity(encoder, settings).Including(new ContextCapacity(encoder.PrefixTokens.Length, tokens, tokens, Sequences(rows), Outputs(rows)));
    }

    /// <summary>Limits the number of rows that are answered at once to what llama.cpp and the memory for logits allow.</summary>
    /// <param name="rows">The number that is asked for.</param>
    /// <returns>From 1 to <paramref name="rows"/>.</returns>
    public int LargestGroup(int rows)
    {
        int limit = Math.Max(1, rows);
        while (limit > 1 && (Outputs(limit) > MaximumNodes + 1 || Sequences(limit) > LlamaContext.SequenceLimit))
        {
            limit--;
        }

        return limit;
    }

    /// <summary>Counts the first of several rows that are answered at once. The count depends on nothing but the rows.</summary>
    /// <param name="prompts">The rows that are left; at least one.</param>
    /// <param name="rows">The largest number of rows.</param>
    /// <param name="settings">How they are answered.</param>
    /// <returns>At least 1: a row that is longer than the others together may be is answered alone.</returns>
    public int NextGroup(ReadOnlySpan<EncodedPrompt> prompts, int rows, CallSettings settings)
    {
        int tokens = 0;
        int count = 0;
        while (count < Math.Min(rows, prompts.Length)
            && (tokens += TokensOf(prompts[count], settings)) <= BatchCallTokens
            && prompts[count].PrefixLength + tokens + Outputs(count + 1) <= ContextLimit)
        {
            count++;
        }

        return Math.Max(1, count);
    }

    /// <summary>Computes how many tokens a call takes at most beside its prefix.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="settings">How it is answered.</param>
    /// <returns>The number.</returns>
    public int TokensOf(EncodedPrompt prompt, CallSettings settings) =>
        prompt.Tokens.Length - prompt.PrefixLength + Steps.Sum(step => step.FixedTokens.Length + step.LongestValueFor(settings));

    /// <summary>Computes how many tokens a prompt with its answer has at most.</summary>
    /// <param name="encoder">Turns the prompt's segments into tokens.</param>
    /// <param name="settings">The settings of the call; null for the defaults.</param>
    /// <returns>The number of positions, which the model must have been trained for.</returns>
    public int MaximumTokens(PromptEncoder encoder, CallSettings? settings = null) =>
        encoder.PrefixTokens.Length
        + encoder.MaximumCallTokens
        + Steps.Sum(step => step.FixedTokens.Length + step.LongestValueFor(settings ?? CallSettings.Default));

    // Positions of one batch whose logits are read: all nodes of a small trie beside the text of each row, or a group of a large one; of generated values
    // the token that was chosen and those that were guessed.
    private int Outputs(int rows) => Steps.SelectMany(step => step.Leaves).Max(step => step.ScoredTrie switch
    {
        null when step.Trie is null => Math.Max(rows, PromptLookup.BatchTokens),
        null => rows,
        { Fused: LabelTrie.Group group } => rows * (group.Nodes.Count + 1),
        LabelTrie trie => Math.Max(rows, trie.LargestGroup),
    });

    private int Sequences(int rows) => 1 + rows + Steps.SelectMany(step => step.Leaves).Max(step => step.ScoredTrie switch
    {
        null => 0,
        { Fused: LabelTrie.Group group } => rows * group.BranchCount,
        LabelTrie trie => trie.LargestFork,
    });
}
