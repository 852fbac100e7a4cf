using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;

namespace EdgeBuild.Runtime;

/// <summary>How the answers of a prompt are found: the values in order, with the fixed text before each and the labels' tries.</summary>
internal sealed class CompletionPlan
{
    private const int MaximumTextTokens = 256;
    private const int MaximumNumberTokens = 24;

    // Logits of one batch are kept in memory: nodes times vocabulary times four bytes.
    private const long MaximumLogitBytes = 32 << 20;

    // Rows of this many tokens together: more of them make no batch more efficient, and each looks at the cells of all others.
    private const int BatchCallTokens = 1024;

    /// <summary>Initializes a new instance of the <see cref="CompletionPlan"/> class.</summary>
    /// <param name="steps">The values in the order of the answer.</param>
    /// <param name="maximumNodes">Number of trie nodes, and of labels, that one batch evaluates at most.</param>
    internal CompletionPlan(IReadOnlyList<CompletionStep> steps, int maximumNodes)
    {
        Steps = steps;
        MaximumNodes = maximumNodes;
    }

    /// <summary>Gets the values in the order of the answer.</summary>
    public IReadOnlyList<CompletionStep> Steps { get; }

    /// <summary>Gets the number of trie nodes, and of labels, that one batch evaluates at most.</summary>
    public int MaximumNodes { get; }

    /// <summary>Plans the answers of a prompt.</summary>
    /// <param name="encoder">Turns the prompt's segments into tokens.</param>
    /// <param name="vocabularySize">Number of tokens of the vocabulary.</param>
    /// <param name="temperatures">The temperature of each labelled output by name; 1 where none is given.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="EdgeBuildException">EDGE1007: an output's kind cannot be answered.</exception>
    public static CompletionPlan Create(PromptEncoder encoder, int vocabularySize, IReadOnlyDictionary<string, double> temperatures) =>
        Create(encoder, temperatures, (int)Math.Clamp(MaximumLogitBytes / (vocabularySize * sizeof(float)), 16, 128));

    /// <summary>Plans the answers of a prompt with a given size of label groups.</summary>
    /// <param name="encoder">Turns the prompt's segments into tokens.</param>
    /// <param name="temperatures">The temperature of each labelled output by name; 1 where none is given.</param>
    /// <param name="maximumNodes">Number of trie nodes, and of labels, that one batch evaluates at most.</param>
    /// <returns>The plan.</returns>
    internal static CompletionPlan Create(PromptEncoder encoder, IReadOnlyDictionary<string, double> temperatures, int maximumNodes)
    {
        CompiledPrompt prompt = encoder.Prompt;
        var steps = new List<CompletionStep>();
        var pending = new List<int>();
        for (int i = 0; i < prompt.Completion.Count; i++)
        {
            PromptSegment segment = prompt.Completion[i];
            if (segment.Kind != SegmentKind.Output)
            {
                pending.AddRange(encoder.FixedCompletionTokens(i));
                continue;
            }

            int terminator = encoder.FixedCompletionTokens(i + 1)[0];
            steps.Add(CreateStep(encoder, segment.SlotIndex, [.. pending], terminator, maximumNodes, temperatures));
            pending.Clear();
        }

        return new CompletionPlan(steps, maximumNodes);
    }

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
            int group = step.Trie?.LargestGroup ?? 0;
            batch = Math.Max(batch, pending + step.FixedTokens.Length + group);
            forks = Math.Max(forks, Math.Min(group, step.Labels.Count));
            nodes = Math.Max(nodes, group);

            // A generated text is computed token by token; only its last token waits for what follows.
            pending = step.Trie is null ? 1 : step.LongestValue;
        }

        // Beside the forks there are the sequence of the prefix and that of the call.
        return new ContextCapacity(prefix, MaximumTokens(encoder, settings) - prefix + nodes, batch, forks + 2, nodes + 1);
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
        int answer = Steps.Sum(step => step.FixedTokens.Length + step.LongestValueFor(settings));
        int tokens = 0;
        int count = 0;
        while (count < Math.Min(rows, prompts.Length)
            && (tokens += prompts[count].Tokens.Length - prompts[count].PrefixLength + answer) <= BatchCallTokens)
        {
            count++;
        }

        return Math.Max(1, count);
    }

    /// <summary>Computes how many tokens a prompt with its answer has at most.</summary>
    /// <param name="encoder">Turns the prompt's segments into tokens.</param>
    /// <param name="settings">The settings of the call; null for the defaults.</param>
    /// <returns>The number of positions, which the model must have been trained for.</returns>
    public int MaximumTokens(PromptEncoder encoder, CallSettings? settings = null) =>
        encoder.PrefixTokens.Length
        + encoder.MaximumCallTokens
        + Steps.Sum(step => step.FixedTokens.Length + step.LongestValueFor(settings ?? CallSettings.Default));

    // Positions of one batch whose logits are read: all nodes of a small trie beside the text of each row, or a group of a large one.
    private int Outputs(int rows) => Steps.Max(step => step.Trie switch
    {
        null => rows,
        { Fused: LabelTrie.Group group } => rows * (group.Nodes.Count + 1),
        LabelTrie trie => Math.Max(rows, trie.LargestGroup),
    });

    private int Sequences(int rows) => 1 + rows + Steps.Max(step => step.Trie switch
    {
        null => 0,
        { Fused: LabelTrie.Group group } => rows * group.Labels.Count,

        // Every label of a group ends at a node of its own.
        LabelTrie trie => trie.LargestGroup,
    });

    private static CompletionStep CreateStep(
        PromptEncoder encoder,
        int output,
        int[] fixedTokens,
        int terminator,
        int maximumNodes,
        IReadOnlyDictionary<string, double> temperatures)
    {
        PromptDocument document = encoder.Prompt.Document;
        PromptOutput declaration = document.Outputs[output];
        if (declaration.IsLabelled)
        {
            IReadOnlyList<string> labels = encoder.Prompt.Labels[declaration.Name];
            int[][] tokens = [.. labels.Select(label => encoder.TokenizeAnswer(output, label))];
            double temperature = temperatures.TryGetValue(declaration.Name, out double value) && value > 0 && double.IsFinite(value) ? value : 1;
            return new CompletionStep
            {
                Name = declaration.Name,
                Kind = CompletionStep.ValueKind.Label,
                FixedTokens = fixedTokens,
                Terminator = terminator,
                Labels = labels,
                Trie = new LabelTrie(tokens, terminator, maximumNodes),
                Temperature = temperature,
            };
        }

        CompletionStep.ValueKind kind = declaration.Kind switch
        {
            PromptValueKind.Integer => CompletionStep.ValueKind.Integer,
            PromptValueKind.Float => CompletionStep.ValueKind.Float,
            PromptValueKind.String => document.Outputs.Count == 1 ? CompletionStep.ValueKind.Text : CompletionStep.ValueKind.JsonText,
            _ => throw new EdgeBuildException(
                ErrorCodes.UnsupportedKind,
                $"The output '{declaration.Name}' has a kind that cannot be answered yet. Use string, integer, float or boolean outputs.",
                document.Path,
                declaration.Position),
        };
        return new CompletionStep
        {
            Name = declaration.Name,
            Kind = kind,
            FixedTokens = fixedTokens,
            Terminator = terminator,
            MaximumTokens = declaration.Kind == PromptValueKind.String ? MaximumTextTokens : MaximumNumberTokens,
        };
    }
}
