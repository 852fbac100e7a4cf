using System.Diagnostics;

namespace EdgeBuild.Runtime;

/// <summary>
/// Answers rows together: in every step, what the rows wait for is computed as one batch. Rows come and go between steps. What a
/// batch holds depends on the rows and the limits alone, so that a fixed set of rows has the same answers bit for bit.
/// </summary>
internal sealed class CompletionDecoder : IDisposable
{
    private readonly InferenceContext _context;
    private readonly TokenPieces _pieces;
    private readonly PromptEncoder _encoder;
    private readonly CompletionPlan _plan;
    private readonly ContextCapacity _limits;
    private readonly int _prefix;
    private readonly List<(CompletionRow Row, CallWatch Watch)> _rows = [];
    private readonly List<int> _forks = [];
    private readonly AbandonedBatch _abandoned = new();
    private int _step;
    private int _reserved;

    /// <summary>Initializes a new instance of the <see cref="CompletionDecoder"/> class.</summary>
    /// <param name="context">The context; used by nobody else until the decoder is disposed.</param>
    /// <param name="pieces">The texts of the vocabulary's tokens.</param>
    /// <param name="encoder">The prompt.</param>
    /// <param name="plan">The values to find.</param>
    /// <param name="prefix">The sequence that holds the first tokens of every prompt.</param>
    /// <param name="limits">What the rows together may take; the context has room for it.</param>
    public CompletionDecoder(
        InferenceContext context, TokenPieces pieces, PromptEncoder encoder, CompletionPlan plan, int prefix, ContextCapacity limits)
    {
        _context = context;
        _pieces = pieces;
        _encoder = encoder;
        _plan = plan;
        _prefix = prefix;
        _limits = limits;
    }

    /// <summary>Gets the number of rows.</summary>
    public int Count => _rows.Count;

    private int GuessLimit => Math.Max(0, (PromptLookup.BatchTokens / _rows.Count) - 1);

    /// <summary>Tells whether a call has room beside the rows that are there. There always is room for one.</summary>
    /// <param name="call">The call.</param>
    /// <returns>True when it may be added.</returns>
    public bool Fits(AnswerCall call) => Count == 0
        || _reserved + Needs(call) <= Math.Min(CompletionPlan.BatchCallTokens, _plan.ContextLimit - call.Prompt.PrefixLength - _limits.Outputs);

    /// <summary>Adds a call.</summary>
    /// <param name="call">The call.</param>
    public void Add(AnswerCall call)
    {
        var row = new CompletionRow(_context, _pieces, _encoder, _plan, _context.Fork(_prefix), call);
        _reserved += Needs(call);
        _rows.Add((row, _abandoned.Watch(call.CancellationToken)));
        row.Advance(GuessLimit);
    }

    /// <summary>Computes until all rows have their answers.</summary>
    /// <param name="join">Adds more calls before every step; null for none.</param>
    public void Run(Action? join = null)
    {
        while (true)
        {
            foreach ((CompletionRow row, CallWatch watch) in _rows.Where(entry => entry.Row.Call.CancellationToken.IsCancellationRequested).ToList())
            {
                row.Call.Cancel();
                Remove(row, watch);
            }

            join?.Invoke();
            if (_rows.Count == 0)
            {
                return;
            }

            try
            {
                Step();
            }
            catch (OperationCanceledException)
            {
                // Nobody waits for these rows any more.
            }
            catch (Exception exception)
            {
                foreach ((CompletionRow row, CallWatch watch) in _rows.ToList())
                {
                    row.Call.Fail(exception);
                    Remove(row, watch);
                }
            }
        }
    }

    /// <summary>Gives back all sequences, also those of an aborted step.</summary>
    public void Dispose()
    {
        foreach ((CompletionRow row, CallWatch watch) in _rows.ToList())
        {
            Remove(row, watch);
        }

        _abandoned.Dispose();
    }

    private void Step()
    {
        _step++;
        _context.ClearBatch();
        List<(CompletionRow Row, CallWatch Watch)> served = [];
        int tokens = 0;
        int outputs = 0;
        foreach ((CompletionRow Row, CallWatch Watch) entry in _rows.OrderBy(entry => entry.Row.LastStep))
        {
            CompletionRow row = entry.Row;
            int nodes = row.Wanted?.Nodes.Count ?? 0;
            int branches = row.Wanted?.BranchCount ?? 0;
            int rowOutputs = nodes + row.GuessCount + (row.Pending.Count > 0 ? 1 : 0);
            int rowTokens = row.Pending.Count + row.GuessCount + nodes;
            if (served.Count > 0
                && (tokens + rowTokens > _limits.BatchTokens
                    || outputs + rowOutputs > _limits.Outputs
                    || 1 + _rows.Count + _forks.Count + branches > _limits.Sequences))
            {
                continue;
            }

            tokens += rowTokens;
            outputs += rowOutputs;
            row.Append(Fork(row.Sequence, branches));
            row.LastStep = _step;
            served.Add(entry);
        }

        try
        {
            long start = Stopwatch.GetTimestamp();
            _context.Decode(served.Exists(entry => entry.Row.ReadsLogits), _abandoned.Token);
            TimeSpan share = Stopwatch.GetElapsedTime(start) / served.Count;
            foreach ((CompletionRow row, CallWatch watch) in served)
            {
                row.Elapsed += share;
                Advance(row, watch);
            }
        }
        finally
        {
            foreach (int fork in _forks)
            {
                _context.Release(fork);
            }

            _forks.Clear();
        }
    }

    private void Advance(CompletionRow row, CallWatch watch)
    {
        try
        {
            if (row.Advance(GuessLimit))
            {
                return;
            }

            EncodedPrompt prompt = row.Call.Prompt;
            row.Call.Complete(new EdgePrediction(row.Fields, prompt.Truncated, row.Elapsed, prompt.Tokens.Length, prompt.PrefixLength)
            {
                OutputTokens = row.Position + row.Pending.Count - prompt.Tokens.Length,
            });
        }
        catch (Exception exception)
        {
            row.Call.Fail(exception);
        }

        Remove(row, watch);
    }

    private int[] Fork(int source, int count)
    {
        int[] forks = new int[count];
        for (int i = 0; i < count; i++)
        {
            forks[i] = _context.Fork(source);
            _forks.Add(forks[i]);
        }

        return forks;
    }

    private void Remove(CompletionRow row, CallWatch watch)
    {
        watch.Dispose();
        _rows.RemoveAll(entry => entry.Row == row);
        _reserved -= Needs(row.Call);
        _context.Release(row.Sequence);
    }

    private int Needs(AnswerCall call) => _plan.TokensOf(call.Prompt, call.Settings);
}
