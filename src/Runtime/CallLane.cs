using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Runtime;

/// <summary>
/// The calls of one prompt that wait for the model. Every call asks for a turn of its own; the one that gets it takes the others along,
/// also those that come while it runs, as long as nobody else waits for the model. So a lone call never waits for company, calls
/// of other prompts have their turn, and no thread is kept.
/// </summary>
/// <param name="host">The model.</param>
/// <param name="prefixKey">Identity of the prompt's prefix.</param>
/// <param name="encoder">The prompt.</param>
/// <param name="plan">How its answers are found.</param>
/// <param name="rows">The number of calls that are answered at once.</param>
/// <param name="adapter">The adapter that answers; null for the plain model. Calls of different adapters cannot share a batch.</param>
/// <param name="confidence">What is known of the answers' probabilities; null for nothing.</param>
internal sealed class CallLane(
    EdgeModelHost host,
    string prefixKey,
    PromptEncoder encoder,
    CompletionPlan plan,
    int rows,
    AdapterFile? adapter,
    ConfidenceRule? confidence = null)
{
    /// <summary>Gets what decides which answers are confident.</summary>
    public ConfidenceRule Confidence { get; } = confidence ?? ConfidenceRule.Unmeasured;

    /// <summary>Gets how the answers are found.</summary>
    public CompletionPlan Plan => plan;

    /// <summary>Gets the number of calls that are answered at once.</summary>
    public int Rows => rows;

    private readonly Lock _lock = new();
    private readonly LinkedList<AnswerCall> _waiting = [];

    /// <summary>The number of calls of the lane that wait for a turn.</summary>
    private int _turns;

    /// <summary>Gets the number of calls of the lane that wait for a turn.</summary>
    public ref int Turns => ref _turns;

    /// <summary>Answers a call.</summary>
    /// <param name="call">The call.</param>
    /// <returns>The answer.</returns>
    public async Task<EdgePrediction> AnswerAsync(AnswerCall call)
    {
        Enqueue(call);
        using CancellationTokenRegistration cancelled = call.CancellationToken.UnsafeRegister(static state => ((AnswerCall)state!).Cancel(), call);
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken);
        Task<bool> serving = host.RunAsync(context => Serve(context, call), turn.Token, this);
        try
        {
            await Task.WhenAny(call.Completion, serving).ConfigureAwait(false);
            if (!call.Completion.IsCompleted)
            {
                // What goes wrong before a batch begins is told by the turn.
                await serving.ConfigureAwait(false);
            }

            return await call.Completion.ConfigureAwait(false);
        }
        finally
        {
            await turn.CancelAsync().ConfigureAwait(false);
            _ = ObserveAsync(serving);
            Forget(call);
        }
    }

    /// <summary>Answers a fixed set of calls that share batches with no others.</summary>
    /// <param name="context">The context.</param>
    /// <param name="calls">The calls.</param>
    /// <param name="limits">What they may take together.</param>
    /// <param name="cancellationToken">Ends the computation of the prefix; the calls have their own.</param>
    public void AnswerTogether(InferenceContext context, IReadOnlyList<AnswerCall> calls, ContextCapacity limits, CancellationToken cancellationToken)
    {
        using CompletionDecoder decoder = Begin(context, limits, cancellationToken);
        foreach (AnswerCall call in calls)
        {
            decoder.Add(call);
        }

        decoder.Run();
    }

    private CompletionDecoder Begin(InferenceContext context, ContextCapacity limits, CancellationToken cancellationToken) =>
        new(context, host.Pieces, encoder, plan, Prefix(context, cancellationToken), limits);

    private static async Task ObserveAsync(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Gets the sequence of the prompt's prefix, as the adapter computes it.</summary>
    /// <param name="context">The context.</param>
    /// <param name="cancellationToken">Ends the computation.</param>
    /// <returns>The sequence, to be forked only.</returns>
    public int Prefix(InferenceContext context, CancellationToken cancellationToken)
    {
        LlamaAdapter? loaded = null;
        if (adapter is not null)
        {
            loaded = host.Adapters.Get(adapter, out IReadOnlyList<string> freed);
            foreach (string sha256 in freed)
            {
                context.ForgetAdapter(sha256);
            }
        }

        return context.PrefixSequence(
            InferenceContext.PrefixKey(prefixKey, adapter?.Expected.Sha256), encoder.PrefixTokens.Span, cancellationToken, loaded);
    }

    private bool Serve(InferenceContext context, AnswerCall call)
    {
        ContextCapacity together = plan.BatchCapacity(encoder, rows);
        bool shared = rows > 1 && context.Capacity.Covers(together);
        ContextCapacity limits = shared ? plan.BatchCapacity(encoder, rows, call.Settings) : plan.Capacity(encoder, call.Settings);
        using CompletionDecoder decoder = Begin(context, limits, call.CancellationToken);
        if (!Forget(call))
        {
            return false;
        }

        decoder.Add(call);
        decoder.Run(shared ? () => Join(decoder) : null);
        return true;
    }

    private void Join(CompletionDecoder decoder)
    {
        while (decoder.Count is > 0 && decoder.Count < rows && !host.OthersWait(this))
        {
            AnswerCall next;
            lock (_lock)
            {
                if (_waiting.First is not LinkedListNode<AnswerCall> first || !decoder.Fits(first.Value))
                {
                    return;
                }

                next = first.Value;
                _waiting.RemoveFirst();
            }

            decoder.Add(next);
        }
    }

    private void Enqueue(AnswerCall call)
    {
        bool company;
        lock (_lock)
        {
            company = _waiting.Count > 0;
            _waiting.AddLast(call);
        }

        if (company && rows > 1)
        {
            // Only calls that come together need a context of this size; single calls have the same answers in it.
            host.Enlarge(prefixKey, plan.BatchCapacity(encoder, rows));
        }
    }

    private bool Forget(AnswerCall call)
    {
        lock (_lock)
        {
            return _waiting.Remove(call);
        }
    }
}
