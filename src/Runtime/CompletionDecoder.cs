using System.Runtime.InteropServices;

namespace EdgeBuild.Runtime;

/// <summary>
/// Finds the values of one answer. Fixed text is appended without asking the model; a labelled value is scored as a trie: the
/// nodes of all labels are decoded in the same batch as the text before them, every label as a fork of the sequence, so that
/// an answer takes one decode per labelled value. The probability of a label is
/// <c>softmax over labels of (Σ log p(token | before) + log p(terminator | label)) / temperature</c>.
/// </summary>
internal sealed class CompletionDecoder : IDisposable
{
    private readonly InferenceContext _context;
    private readonly TokenPieces _pieces;
    private readonly CancellationToken _cancellationToken;
    private readonly List<int> _sequences = [];
    private readonly List<int> _pending;
    private int _sequence;
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
            fields[i] = steps[i].Trie is LabelTrie trie ? ChooseLabel(steps[i], trie) : Generate(steps[i]);
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

    private FieldPrediction ChooseLabel(CompletionStep step, LabelTrie trie)
    {
        double[] scores = new double[trie.Labels.Count];
        int[] forks = [];
        int start = _position + _pending.Count;
        for (int i = 0; i < trie.Groups.Count; i++)
        {
            LabelTrie.Group group = trie.Groups[i];
            Release(forks);
            forks = ForkForEach(group);
            int firstNode = AppendPendingAndNodes(group, forks, start, withPending: i == 0);
            _context.Decode(_cancellationToken);
            if (i == 0)
            {
                ScoreFirstTokens(trie, _context.Logits(firstNode - 1), scores);
                _position = start;
                _pending.Clear();
            }

            ScoreNodes(trie, group, firstNode, scores);
        }

        int best = 0;
        for (int label = 1; label < scores.Length; label++)
        {
            best = scores[label] > scores[best] ? label : best;
        }

        Continue(trie, best, forks);
        return ToPrediction(step, scores, best);
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

    private int AppendPendingAndNodes(LabelTrie.Group group, int[] forks, int start, bool withPending)
    {
        _context.ClearBatch();
        int firstNode = 0;
        if (withPending)
        {
            // The text before the value belongs to every fork; it is computed once.
            int[] all = [_sequence, .. forks];
            for (int i = 0; i < _pending.Count; i++)
            {
                firstNode = _context.Append(_pending[i], _position + i, all, withLogits: i == _pending.Count - 1) + 1;
            }
        }

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

        return firstNode;
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

    private void Continue(LabelTrie trie, int best, int[] forks)
    {
        int[] tokens = trie.Labels[best];
        int fork = trie.Groups.Count == 1 ? forks[trie.Groups[0].Labels.IndexOf(best)] : -1;
        if (fork < 0)
        {
            // The label may belong to a group whose forks are gone; its few tokens go before the next fixed text.
            Release(forks);
            _pending.AddRange(tokens);
            return;
        }

        Release([_sequence]);
        Release([.. forks.Where(sequence => sequence != fork)]);
        _sequence = fork;
        _position += tokens.Length;
    }

    private static FieldPrediction ToPrediction(CompletionStep step, double[] scores, int best)
    {
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
            int last = 0;
            for (int i = 0; i < _pending.Count; i++)
            {
                last = _context.Append(_pending[i], _position + i, [_sequence], withLogits: i == _pending.Count - 1);
            }

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
