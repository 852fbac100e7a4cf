using System.Runtime.InteropServices;

using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Runtime;

/// <summary>
/// One prompt while its answer is found. It runs until it needs the model, asks for its pending tokens and the nodes of a trie to be
/// computed, and goes on with the logits; in between any other rows share the batches.
/// </summary>
internal sealed class CompletionRow
{
    private readonly InferenceContext _context;
    private readonly TokenPieces _pieces;
    private readonly IEnumerator<LabelTrie.Group?> _work;
    private readonly PromptLookup _lookup;
    private readonly List<int> _guess = [];
    private int _guessLimit;
    private int _firstGuess;
    private int _rightGuesses;
    private int _last = -1;
    private int _firstNode = -1;

    /// <summary>Initializes a new instance of the <see cref="CompletionRow"/> class.</summary>
    /// <param name="context">The context that computes it.</param>
    /// <param name="pieces">The texts of the vocabulary's tokens.</param>
    /// <param name="encoder">Turns fixed text into tokens.</param>
    /// <param name="plan">The values to find.</param>
    /// <param name="sequence">Its sequence; it holds the prefix of the prompt.</param>
    /// <param name="call">The prompt, and how it is answered.</param>
    public CompletionRow(InferenceContext context, TokenPieces pieces, PromptEncoder encoder, CompletionPlan plan, int sequence, AnswerCall call)
    {
        _context = context;
        _pieces = pieces;
        Encoder = encoder;
        Sequence = sequence;
        Call = call;
        Position = call.Prompt.PrefixLength;
        Pending = [.. call.Prompt.Tokens[call.Prompt.PrefixLength..]];
        Fields = new FieldPrediction[plan.Steps.Count];
        _lookup = new PromptLookup(call.Prompt.Tokens.AsMemory(call.Prompt.PrefixLength));
        _work = Answer(plan).GetEnumerator();
    }

    /// <summary>Gets what turns fixed text into tokens.</summary>
    public PromptEncoder Encoder { get; }

    /// <summary>Gets the call that the row answers.</summary>
    public AnswerCall Call { get; }

    /// <summary>Gets the sequence.</summary>
    public int Sequence { get; }

    /// <summary>Gets the position of the first token that is not computed.</summary>
    public int Position { get; private set; }

    /// <summary>Gets the tokens that are not computed.</summary>
    public List<int> Pending { get; }

    /// <summary>Gets the number of tokens that are computed after the pending ones because they may be chosen next.</summary>
    public int GuessCount => _guess.Count;

    /// <summary>Gets the values that are found so far.</summary>
    public FieldPrediction[] Fields { get; }

    /// <summary>Gets the part of a trie that the row waits for beside its pending tokens, or null.</summary>
    public LabelTrie.Group? Wanted => _work.Current;

    /// <summary>Gets a value indicating whether the row reads logits next, or a hidden state alone.</summary>
    public bool ReadsLogits { get; private set; } = true;

    /// <summary>Gets or sets the time that the model has worked on the row.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>Gets or sets the number of the step that computed the row last, so that no row waits longer than others.</summary>
    public int LastStep { get; set; }

    /// <summary>Gets the logits after the last computed token of the row; valid until it asks for more.</summary>
    public ReadOnlySpan<float> Logits => _context.Logits(_last);

    /// <summary>Goes on until the row needs the model again.</summary>
    /// <param name="guessLimit">The most tokens that may be guessed.</param>
    /// <returns>False when the answer is found.</returns>
    public bool Advance(int guessLimit)
    {
        _guessLimit = guessLimit;
        return _work.MoveNext();
    }

    /// <summary>Appends what the row asks for to the batch of the context.</summary>
    /// <param name="forks">One sequence per branch of <see cref="Wanted"/>: the text before them is computed once for all.</param>
    public void Append(ReadOnlySpan<int> forks)
    {
        int[] sequences = [Sequence, .. forks];
        for (int i = 0; i < Pending.Count; i++)
        {
            _last = _context.Append(Pending[i], Position + i, sequences, withLogits: i == Pending.Count - 1);
        }

        Position += Pending.Count;
        Pending.Clear();
        for (int i = 0; i < _guess.Count; i++)
        {
            int index = _context.Append(_guess[i], Position + i, [Sequence], withLogits: true);
            _firstGuess = i == 0 ? index : _firstGuess;
        }

        if (Wanted is not LabelTrie.Group group)
        {
            return;
        }

        Span<int> branches = stackalloc int[LlamaContext.SequenceLimit];
        for (int i = 0; i < group.Nodes.Count; i++)
        {
            LabelTrie.Node node = group.Nodes[i];
            for (int branch = 0; branch < node.Branches.Count; branch++)
            {
                branches[branch] = forks[node.Branches[branch]];
            }

            int index = _context.Append(node.Token, Position + node.Depth, branches[..node.Branches.Count], withLogits: true);
            _firstNode = i == 0 ? index : _firstNode;
        }
    }

    /// <summary>Chooses a label. The winner becomes pending.</summary>
    /// <param name="step">The step.</param>
    /// <param name="trie">Its labels.</param>
    /// <param name="scores">Takes the probabilities.</param>
    /// <returns>What has to be computed.</returns>
    public IEnumerable<LabelTrie.Group?> Choose(CompletionStep step, LabelTrie trie, LabelScores scores)
    {
        if (step.Head is LabelHeadValues head)
        {
            if (Pending.Count > 0)
            {
                ReadsLogits = false;
                yield return null;
                ReadsLogits = true;
            }

            scores.AddHead(head, _context.HiddenState(_last), Call.Settings.KeepHiddenStates);
        }
        else if (trie.Fused is LabelTrie.Group fused)
        {
            bool known = Pending.Count == 0;
            if (known)
            {
                scores.AddFirstTokens(Logits);
            }

            yield return fused;
            if (!known)
            {
                scores.AddFirstTokens(Logits);
            }

            scores.AddNodes(_context, fused, _firstNode);
        }
        else
        {
            if (Pending.Count > 0)
            {
                yield return null;
            }

            scores.AddFirstTokens(Logits);
            while (scores.Wanted() is { Length: > 0 } wanted)
            {
                // Labels that did not fit into the group follow unless those of the group have made them negligible.
                LabelTrie.Group group = trie.GroupOf(wanted);
                yield return group;
                scores.AddNodes(_context, group, _firstNode);
            }
        }

        // The fork of the answer is not continued: its tokens lie between those of other forks, and new tokens would fill the
        // places that these leave, so that attention would be summed in another order than in a plain decode.
        Pending.AddRange(trie.Labels[scores.Best]);
    }

    /// <summary>Generates a value token by token. The last token stays pending where nothing is read after it: of a text that was cut, of a number that may not go on.</summary>
    /// <param name="step">The step.</param>
    /// <param name="limit">The number of tokens that it may have.</param>
    /// <param name="result">Takes the value.</param>
    /// <returns>What has to be computed.</returns>
    public IEnumerable<LabelTrie.Group?> Generate(CompletionStep step, int limit, GeneratedResult result)
    {
        var value = GeneratedValue.Create(step, _pieces, Call.Settings);
        var written = new List<int>();
        for (int count = 0; ; count++)
        {
            if (count >= limit && step.IsText)
            {
                result.Truncated = true;
                break;
            }

            if (value.IsFinal(mustEnd: count >= limit))
            {
                break;
            }

            if (Pending.Count > 0)
            {
                if (count > 0 && value.IsMostProbable)
                {
                    _guess.AddRange(_lookup.Guess(CollectionsMarshal.AsSpan(written), Math.Min(_guessLimit, limit - count)));
                }

                yield return null;
            }

            ReadOnlySpan<float> logits = Logits;
            int token = value.Choose(logits);
            result.LogProbability += logits[token] - LogProbability.LogSumExp(logits);
            if (!value.Append(token))
            {
                break;
            }

            written.Add(token);
            if (!Confirm(token))
            {
                EndGuess();
                Pending.Add(token);
            }
        }

        EndGuess();
        result.Text = value.ToText();
    }

    /// <summary>Tells whether a chosen token is the next that was guessed, and so is computed already.</summary>
    private bool Confirm(int token)
    {
        if (_rightGuesses == _guess.Count || _guess[_rightGuesses] != token)
        {
            return false;
        }

        _last = _firstGuess + _rightGuesses++;
        Position++;
        return true;
    }

    private void EndGuess()
    {
        if (_guess.Count == 0)
        {
            return;
        }

        if (_rightGuesses < _guess.Count)
        {
            _context.RemoveFrom(Sequence, Position);
        }

        _lookup.Learn(_guess.Count, _rightGuesses);
        _guess.Clear();
        _rightGuesses = 0;
    }

    private IEnumerable<LabelTrie.Group?> Answer(CompletionPlan plan)
    {
        for (int i = 0; i < plan.Steps.Count; i++)
        {
            CompletionStep step = plan.Steps[i];
            Pending.AddRange(step.FixedTokens);
            if (step.Root is AnswerNode root)
            {
                var writer = new NestedValueWriter(this, step);
                foreach (LabelTrie.Group? wanted in writer.Write(root))
                {
                    yield return wanted;
                }

                Fields[i] = writer.ToPrediction();
            }
            else if (step.Trie is LabelTrie trie)
            {
                var scores = new LabelScores(step, trie);
                foreach (LabelTrie.Group? wanted in Choose(step, trie, scores))
                {
                    yield return wanted;
                }

                Fields[i] = scores.ToPrediction();
            }
            else
            {
                var result = new GeneratedResult();
                foreach (LabelTrie.Group? wanted in Generate(step, step.LongestValueFor(Call.Settings), result))
                {
                    yield return wanted;
                }

                Fields[i] = new FieldPrediction(step.Name, result.Text, [], Math.Exp(result.LogProbability)) { Truncated = result.Truncated };
            }
        }
    }
}
