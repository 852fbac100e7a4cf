using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Runtime;

/// <summary>
/// What is known of the probabilities of one value's labels. The probability of a label is
/// <c>softmax over labels of Σ log p(token | before) / temperature</c>, where a label that another one goes on from ends with the terminator; or
/// with a head <c>softmax over labels of (W h + b) / temperature</c>.
/// </summary>
/// <param name="step">The labelled step.</param>
/// <param name="trie">The labels of the step.</param>
internal sealed class LabelScores(CompletionStep step, LabelTrie trie)
{
    /// <summary>A label that is this many times less probable than the best one is not evaluated to its end.</summary>
    internal const double NegligibleProbability = 1e-6;

    private const int NodesWorthSharing = 32;

    private readonly double[] _scores = new double[trie.Labels.Count];
    private readonly bool[] _evaluated = new bool[trie.Labels.Count];
    private double? _familiarity;
    private float[] _hiddenState = [];

    /// <summary>Gets the index of the most probable label.</summary>
    public int Best => Array.IndexOf(_scores, _scores.Max());

    /// <summary>Takes the logits that a head gives: <c>W h + b</c>.</summary>
    /// <param name="head">The head.</param>
    /// <param name="hiddenState">The hidden state before the value.</param>
    /// <param name="keep">Whether the prediction carries the hidden state.</param>
    public void AddHead(LabelHeadValues head, ReadOnlySpan<float> hiddenState, bool keep)
    {
        _familiarity = step.Familiarity?.Of(hiddenState);
        _hiddenState = keep ? hiddenState.ToArray() : [];
        for (int label = 0; label < _scores.Length; label++)
        {
            _scores[label] = head.Logit(label, hiddenState);
        }
    }

    /// <summary>Takes the probabilities of the labels' first tokens.</summary>
    /// <param name="logits">The logits before the value.</param>
    public void AddFirstTokens(ReadOnlySpan<float> logits)
    {
        double normalizer = LogProbability.LogSumExp(logits);
        for (int label = 0; label < _scores.Length; label++)
        {
            _scores[label] = logits[trie.Labels[label][0]] - normalizer;
            _evaluated[label] = trie.IsKnownByFirstToken(label);
        }
    }

    /// <summary>Takes the probabilities of all tokens that follow the nodes of a group; its labels are known to their end then.</summary>
    /// <param name="context">The context that computed them.</param>
    /// <param name="group">The group.</param>
    /// <param name="firstNode">The index of its first node in the batch.</param>
    public void AddNodes(InferenceContext context, LabelTrie.Group group, int firstNode)
    {
        double[] normalizers = Normalizers(context, firstNode, group.Nodes.Count);
        for (int index = 0; index < group.Nodes.Count; index++)
        {
            LabelTrie.Node node = group.Nodes[index];
            ReadOnlySpan<float> logits = context.Logits(firstNode + index);
            double normalizer = normalizers[index];
            foreach (int member in node.Members)
            {
                int label = group.Labels[member];
                int[] tokens = trie.Labels[label];
                _scores[label] += node.Depth + 1 < tokens.Length ? logits[tokens[node.Depth + 1]] - normalizer : EndScore(logits, normalizer);
            }
        }

        foreach (int label in group.Labels)
        {
            _evaluated[label] = true;
        }
    }

    /// <summary>
    /// Lists the labels that are not known to their end and may matter. What is known of a label's score only falls with further
    /// tokens, so that labels far behind the best need not be evaluated: their probability is at most the small one that is
    /// left standing.
    /// </summary>
    /// <returns>The labels, the most probable first.</returns>
    public int[] Wanted()
    {
        double negligible = Math.Log(NegligibleProbability) * Math.Max(1, step.Temperature);
        bool any = Array.IndexOf(_evaluated, true) >= 0;
        double best = Enumerable.Range(0, _scores.Length).Where(label => !any || _evaluated[label]).Max(label => _scores[label]);
        return [.. Enumerable.Range(0, _scores.Length)
            .Where(label => !_evaluated[label] && _scores[label] >= best + negligible)
            .OrderByDescending(label => _scores[label])];
    }

    // A sum over the whole vocabulary for each of hundreds of nodes takes as long as a token: the cores share it.
    private static double[] Normalizers(InferenceContext context, int firstNode, int count)
    {
        double[] normalizers = new double[count];
        int alone = count < NodesWorthSharing ? count : 1;
        for (int index = 0; index < alone; index++)
        {
            Normalize(index);
        }

        // llama.cpp brings its outputs into order when the first of them is read; from then on reading changes nothing.
        if (alone < count)
        {
            Parallel.For(alone, count, Normalize);
        }

        return normalizers;

        void Normalize(int index) => normalizers[index] = LogProbability.LogSumExp(context.Logits(firstNode + index));
    }

    // The end of the value is as probable as all that may follow it together.
    private double EndScore(ReadOnlySpan<float> logits, double normalizer)
    {
        if (trie.Terminators is [int only])
        {
            return logits[only] - normalizer;
        }

        double sum = 0;
        foreach (int terminator in trie.Terminators)
        {
            sum += Math.Exp(logits[terminator] - normalizer);
        }

        return Math.Log(sum);
    }

    /// <summary>Makes the prediction.</summary>
    /// <returns>The most probable label and the probabilities of all.</returns>
    public FieldPrediction ToPrediction()
    {
        int best = Best;
        double[] probabilities = [.. _scores];
        LogProbability.Softmax(probabilities, step.Temperature);
        var labels = new LabelProbability[probabilities.Length];
        for (int label = 0; label < labels.Length; label++)
        {
            labels[label] = new LabelProbability(step.Labels[label], probabilities[label]);
        }

        // A stable order: labels of equal probability stay in the order of the prompt, and the chosen one is the first.
        LabelProbability[] ordered = [.. labels.OrderByDescending(label => label.Probability)];
        return new FieldPrediction(step.Name, step.Labels[best], ordered, probabilities[best])
        {
            Familiarity = _familiarity,
            IsUnfamiliar = _familiarity < step.Familiarity?.Lowest,
            HiddenState = _hiddenState,
        };
    }
}
