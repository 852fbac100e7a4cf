using System.Runtime.InteropServices;

namespace EdgeBuild.Runtime;

/// <summary>
/// Finds the values of the answers to one row or several. Fixed text is appended without asking the model; a labelled value is
/// scored as a trie, every label as a fork of the row's sequence. The nodes of a few labels are decoded in the same batch as the
/// text before them, so that the value takes one decode for all rows; of many labels only those are evaluated that can have
/// more than a negligible part of the probability. What a batch holds depends on the rows and the plan alone, so that the same
/// rows have the same answers bit for bit.
/// </summary>
internal sealed class CompletionDecoder : IDisposable
{
    private readonly InferenceContext _context;
    private readonly TokenPieces _pieces;
    private readonly CancellationToken _cancellationToken;
    private readonly List<int> _sequences = [];
    private readonly CompletionRow[] _rows;

    /// <summary>Initializes a new instance of the <see cref="CompletionDecoder"/> class.</summary>
    /// <param name="context">The context; used by nobody else until the decoder is disposed.</param>
    /// <param name="pieces">The texts of the vocabulary's tokens.</param>
    /// <param name="prefix">The sequence that holds the first tokens of every prompt.</param>
    /// <param name="prompts">The prompts; no more than the context has room for.</param>
    /// <param name="settings">How they are answered.</param>
    /// <param name="cancellationToken">Ends a running decode.</param>
    public CompletionDecoder(
        InferenceContext context,
        TokenPieces pieces,
        int prefix,
        IReadOnlyList<EncodedPrompt> prompts,
        CallSettings settings,
        CancellationToken cancellationToken)
    {
        _context = context;
        _pieces = pieces;
        _cancellationToken = cancellationToken;
        _rows = [.. prompts.Select(prompt => new CompletionRow(Fork(prefix), prompt, settings))];
    }

    /// <summary>Finds every value, in order.</summary>
    /// <param name="plan">The values, the fixed text before them, and the size of the batches.</param>
    /// <returns>One prediction per step for each row.</returns>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public FieldPrediction[][] Decode(CompletionPlan plan)
    {
        IReadOnlyList<CompletionStep> steps = plan.Steps;
        FieldPrediction[][] fields = [.. _rows.Select(_ => new FieldPrediction[steps.Count])];
        for (int i = 0; i < steps.Count; i++)
        {
            foreach (CompletionRow row in _rows)
            {
                row.Pending.AddRange(steps[i].FixedTokens);
            }

            FieldPrediction[] values = steps[i].Trie is LabelTrie trie ? Choose(plan, steps[i], trie) : Generate(steps[i]);
            for (int row = 0; row < _rows.Length; row++)
            {
                fields[row][i] = values[row];
            }
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

    private FieldPrediction[] Choose(CompletionPlan plan, CompletionStep step, LabelTrie trie)
    {
        LabelScores[] scores = [.. _rows.Select(_ => new LabelScores(step, trie))];
        if (trie.Fused is LabelTrie.Group group)
        {
            EvaluateAll(group, scores);
        }
        else
        {
            EvaluateProbable(trie, scores, plan.MaximumNodes);
        }

        // The fork of the answer is not continued: its tokens lie between those of other forks, and new tokens would fill the
        // places that these leave, so that attention would be summed in another order than in a plain decode.
        for (int row = 0; row < _rows.Length; row++)
        {
            _rows[row].Pending.AddRange(trie.Labels[scores[row].Best]);
        }

        return [.. scores.Select(score => score.ToPrediction())];
    }

    private void EvaluateAll(LabelTrie.Group group, LabelScores[] scores)
    {
        int[] firstNodes = new int[_rows.Length];
        var forks = new List<int>();
        _context.ClearBatch();
        for (int row = 0; row < _rows.Length; row++)
        {
            int[] rowForks = ForkForEach(group, _rows[row]);
            forks.AddRange(rowForks);
            firstNodes[row] = _rows[row].AppendPending(_context, rowForks) + 1;
            AppendNodes(group, rowForks, _rows[row].Position + _rows[row].Pending.Count);
        }

        _context.Decode(_cancellationToken);
        for (int row = 0; row < _rows.Length; row++)
        {
            scores[row].AddFirstTokens(_context.Logits(firstNodes[row] - 1));
            scores[row].AddNodes(_context, group, firstNodes[row]);
            _rows[row].Advance();
        }

        Release(forks);
    }

    private void EvaluateProbable(LabelTrie trie, LabelScores[] scores, int maximumNodes)
    {
        int[] last = DecodePending(_rows);
        for (int row = 0; row < _rows.Length; row++)
        {
            scores[row].AddFirstTokens(_context.Logits(last[row]));
        }

        var waiting = new Queue<(int Row, LabelTrie.Group Group)>();
        for (int row = 0; row < _rows.Length; row++)
        {
            waiting.Enqueue((row, trie.GroupOf(scores[row].Wanted())));
        }

        while (waiting.Count > 0)
        {
            foreach ((int row, LabelTrie.Group _) in EvaluateGroups(waiting, scores, maximumNodes))
            {
                // Labels that did not fit into the group follow unless those of the group have made them negligible.
                if (scores[row].Wanted() is { Length: > 0 } more)
                {
                    waiting.Enqueue((row, trie.GroupOf(more)));
                }
            }
        }
    }

    // As many groups from the head of the queue as one batch takes.
    private List<(int Row, LabelTrie.Group Group)> EvaluateGroups(Queue<(int Row, LabelTrie.Group Group)> waiting, LabelScores[] scores, int maximumNodes)
    {
        var evaluated = new List<(int Row, LabelTrie.Group Group)>();
        var firstNodes = new List<int>();
        var forks = new List<int>();
        int nodes = 0;
        _context.ClearBatch();
        while (waiting.TryPeek(out (int Row, LabelTrie.Group Group) next)
            && (evaluated.Count == 0 || nodes + next.Group.Nodes.Count <= maximumNodes))
        {
            waiting.Dequeue();
            int[] rowForks = ForkForEach(next.Group, _rows[next.Row]);
            forks.AddRange(rowForks);
            firstNodes.Add(nodes);
            AppendNodes(next.Group, rowForks, _rows[next.Row].Position);
            nodes += next.Group.Nodes.Count;
            evaluated.Add(next);
        }

        _context.Decode(_cancellationToken);
        for (int i = 0; i < evaluated.Count; i++)
        {
            scores[evaluated[i].Row].AddNodes(_context, evaluated[i].Group, firstNodes[i]);
        }

        Release(forks);
        return evaluated;
    }

    private FieldPrediction[] Generate(CompletionStep step)
    {
        GeneratedValue[] values = [.. _rows.Select(row => GeneratedValue.Create(step, _pieces, row.Settings))];
        double[] logProbabilities = new double[_rows.Length];
        bool[] truncated = new bool[_rows.Length];
        List<int> open = [.. Enumerable.Range(0, _rows.Length)];
        for (int count = 0; open.Count > 0; count++)
        {
            int[] last = DecodePending([.. open.Select(row => _rows[row])]);
            var continued = new List<int>();
            for (int i = 0; i < open.Count; i++)
            {
                int row = open[i];
                ReadOnlySpan<float> logits = _context.Logits(last[i]);
                truncated[row] = count == step.LongestValueFor(_rows[row].Settings);
                int token = values[row].Choose(logits, mustEnd: truncated[row]);
                if (token >= 0)
                {
                    logProbabilities[row] += logits[token] - LogProbability.LogSumExp(logits);
                }

                if (token >= 0 && values[row].Append(token))
                {
                    _rows[row].Pending.Add(token);
                    continued.Add(row);
                }
            }

            open = continued;
        }

        return [.. values.Select((value, row) =>
            new FieldPrediction(step.Name, value.ToText(), [], Math.Exp(logProbabilities[row])) { Truncated = truncated[row] && step.IsText })];
    }

    private int[] DecodePending(CompletionRow[] rows)
    {
        _context.ClearBatch();
        int[] last = [.. rows.Select(row => row.AppendPending(_context, []))];
        _context.Decode(_cancellationToken);
        foreach (CompletionRow row in rows)
        {
            row.Advance();
        }

        return last;
    }

    private int[] ForkForEach(LabelTrie.Group group, CompletionRow row)
    {
        int[] forks = new int[group.Labels.Count];
        for (int i = 0; i < forks.Length; i++)
        {
            forks[i] = Fork(row.Sequence);
        }

        return forks;
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

    private int Fork(int source)
    {
        int sequence = _context.Fork(source);
        _sequences.Add(sequence);
        return sequence;
    }

    private void Release(List<int> sequences)
    {
        foreach (int sequence in sequences)
        {
            _sequences.Remove(sequence);
            _context.Release(sequence);
        }
    }
}
