using System.Runtime.InteropServices;

namespace EdgeBuild.Runtime;

/// <summary>
/// Finds the values of one answer. Fixed text is appended without asking the model; a labelled value is scored as a trie, every
/// label as a fork of the sequence. The nodes of a few labels are decoded in the same batch as the text before them, so that the
/// value takes one decode; of many labels only those are evaluated that can have more than a negligible part of the
/// probability. The probability of a label is
/// <c>softmax over labels of (Σ log p(token | before) + log p(terminator | label)) / temperature</c>.
/// </summary>
internal sealed class CompletionDecoder : IDisposable
{
    /// <summary>A label that is this many times less probable than the best one is not evaluated to its end.</summary>
    private const double NegligibleProbability = 1e-6;

    private readonly InferenceContext _context;
    private readonly TokenPieces _pieces;
    private readonly CancellationToken _cancellationToken;
    private readonly List<int> _sequences = [];
    private readonly List<int> _pending;
    private readonly int _sequence;
    private int _position;

    /// <summary>Initializes a new instance of the <see cref="CompletionDecoder"/> class.</summary>
    /// <param name="context">The context; used by nobody else until the decoder is disposed.</param>
    /// <param name="pieces">The texts of the vocabulary's tokens.</param>
    /// <param name="prefix">The sequence that holds the first tokens of the prompt.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="cancellationToken">Ends a running decode.</param>
    public CompletionDecoder(
        InferenceContext context, TokenPieces pieces, int prefix, EncodedPrompt prompt, CancellationToken cancellationToken)
    {
        _context = context;
        _pieces = pieces;
        _cancellationToken = cancellationToken;
        _sequence = Fork(prefix);
        _position = prompt.PrefixLength;
        _pending = [.. prompt.Tokens[prompt.PrefixLength..]];
    }

    /// <summary>Finds every value, in order.</summary>
    /// <param name="steps">The values and the fixed text before them.</param>
    /// <returns>One prediction per step.</returns>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public FieldPrediction[] Decode(IReadOnlyList<CompletionStep> steps)
    {
        var fields = new FieldPrediction[steps.Count];
        for (int i = 0; i < steps.Count; i++)
        {
            _pending.AddRange(steps[i].FixedTokens);
            fields[i] = steps[i].Trie switch
            {
                null => Generate(steps[i]),
                { Fused: LabelTrie.Group group } trie => ChooseFused(steps[i], trie, group),
                LabelTrie trie => ChooseAmongMany(steps[i], trie),
            };
        }

        return fields;
    }

    /// <summary>Gives back all sequences of the call, also those of an aborted decode.</summary>
    public void Dispose()
    {
        foreach (int sequence in _sequences)
        {
            _context.Release(sequence);
        }

        _sequences.Clear();
    }

    private FieldPrediction ChooseFused(CompletionStep step, LabelTrie trie, LabelTrie.Group group)
    {
        double[] scores = new double[trie.Labels.Count];
        int start = _position + _pending.Count;
        int[] forks = ForkForEach(group);
        _context.ClearBatch();
        int firstNode = AppendPending([_sequence, .. forks]) + 1;
        AppendNodes(group, forks, start);
        _context.Decode(_cancellationToken);
        ScoreFirstTokens(trie, _context.Logits(firstNode - 1), scores);
        ScoreNodes(trie, group, firstNode, scores);
        Release(forks);
        _position = start;
        _pending.Clear();
        return Answer(step, trie, scores);
    }

    private FieldPrediction ChooseAmongMany(CompletionStep step, LabelTrie trie)
    {
        double[] scores = new double[trie.Labels.Count];
        _context.ClearBatch();
        int last = AppendPending([_sequence]);
        _context.Decode(_cancellationToken);
        ScoreFirstTokens(trie, _context.Logits(last), scores);
        _position += _pending.Count;
        _pending.Clear();

        // What is known of a label's score only falls with further tokens, so that labels far behind the best need not be
        // evaluated: their probability is at most the small one that is left standing here.
        double negligible = Math.Log(NegligibleProbability) * Math.Max(1, step.Temperature);
        bool[] evaluated = new bool[scores.Length];
        double best = scores.Max();
        while (true)
        {
            int[] wanted = [.. Enumerable.Range(0, scores.Length)
                .Where(label => !evaluated[label] && scores[label] >= best + negligible)
                .OrderByDescending(label => scores[label])];
            if (wanted.Length == 0)
            {
                break;
            }

            LabelTrie.Group group = trie.GroupOf(wanted);
            EvaluateGroup(trie, group, scores);
            foreach (int label in group.Labels)
            {
                evaluated[label] = true;
            }

            best = Enumerable.Range(0, scores.Length).Where(label => evaluated[label]).Max(label => scores[label]);
        }

        return Answer(step, trie, scores);
    }

    private void EvaluateGroup(LabelTrie trie, LabelTrie.Group group, double[] scores)
    {
        int[] forks = ForkForEach(group);
        _context.ClearBatch();
        AppendNodes(group, forks, _position);
        _context.Decode(_cancellationToken);
        ScoreNodes(trie, group, 0, scores);
        Release(forks);
    }

    private int[] ForkForEach(LabelTrie.Group group)
    {
        int[] forks = new int[group.Labels.Count];
        for (int i = 0; i < forks.Length; i++)
        {
            forks[i] = Fork(_sequence);
        }

        return forks;
    }

    private int AppendPending(int[] sequences)
    {
        // The text before the value belongs to every fork; it is computed once.
        int last = -1;
        for (int i = 0; i < _pending.Count; i++)
        {
            last = _context.Append(_pending[i], _position + i, sequences, withLogits: i == _pending.Count - 1);
        }

        return last;
    }

    private void AppendNodes(LabelTrie.Group group, int[] forks, int start)
    {
        var members = new List<int>(forks.Length);
        foreach (LabelTrie.Node node in group.Nodes)
        {
            members.Clear();
            foreach (int member in node.Members)
            {
                members.Add(forks[member]);
            }

            _context.Append(node.Token, start + node.Depth, CollectionsMarshal.AsSpan(members), withLogits: true);
        }
    }

    private static void ScoreFirstTokens(LabelTrie trie, ReadOnlySpan<float> logits, double[] scores)
    {
        double normalizer = LogProbability.LogSumExp(logits);
        for (int label = 0; label < scores.Length; label++)
        {
            scores[label] = logits[trie.Labels[label][0]] - normalizer;
        }
    }

    private void ScoreNodes(LabelTrie trie, LabelTrie.Group group, int firstNode, double[] scores)
    {
        for (int index = 0; index < group.Nodes.Count; index++)
        {
            LabelTrie.Node node = group.Nodes[index];
            ReadOnlySpan<float> logits = _context.Logits(firstNode + index);
            double normalizer = LogProbability.LogSumExp(logits);
            foreach (int member in node.Members)
            {
                int label = group.Labels[member];
                int[] tokens = trie.Labels[label];
                int next = node.Depth + 1 < tokens.Length ? tokens[node.Depth + 1] : trie.Terminator;
                scores[label] += logits[next] - normalizer;
            }
        }
    }

    private FieldPrediction Answer(CompletionStep step, LabelTrie trie, double[] scores)
    {
        int best = Array.IndexOf(scores, scores.Max());

        // The fork of the answer is not continued: its tokens lie between those of other forks, and new tokens would fill the
        // places that these leave, so that attention would be summed in another order than in a plain decode.
        _pending.AddRange(trie.Labels[best]);
        double[] probabilities = [.. scores];
        LogProbability.Softmax(probabilities, step.Temperature);
        var sorted = new LabelProbability[scores.Length];
        for (int label = 0; label < sorted.Length; label++)
        {
            sorted[label] = new LabelProbability(step.Labels[label], probabilities[label]);
        }

        // A stable order: labels of equal probability stay in the order of the prompt, and the chosen one is the first.
        LabelProbability[] ordered = [.. sorted.OrderByDescending(label => label.Probability)];
        return new FieldPrediction(step.Name, step.Labels[best], ordered, probabilities[best]);
    }

    private FieldPrediction Generate(CompletionStep step)
    {
        var value = GeneratedValue.Create(step, _pieces);
        double logProbability = 0;
        for (int count = 0; count <= step.MaximumTokens; count++)
        {
            _context.ClearBatch();
            int last = AppendPending([_sequence]);
            _context.Decode(_cancellationToken);
            _position += _pending.Count;
            _pending.Clear();
            ReadOnlySpan<float> logits = _context.Logits(last);
            int token = value.Choose(logits, mustEnd: count == step.MaximumTokens);
            if (token >= 0)
            {
                logProbability += logits[token] - LogProbability.LogSumExp(logits);
            }

            if (token < 0 || !value.Append(token))
            {
                break;
            }

            _pending.Add(token);
        }

        return new FieldPrediction(step.Name, value.ToText(), [], Math.Exp(logProbability));
    }

    private int Fork(int source)
    {
        int sequence = _context.Fork(source);
        _sequences.Add(sequence);
        return sequence;
    }

    private void Release(int[] sequences)
    {
        foreach (int sequence in sequences)
        {
            _sequences.Remove(sequence);
            _context.Release(sequence);
        }
    }
}
