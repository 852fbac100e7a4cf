using System.Diagnostics;
using System.Globalization;

using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Runtime;

/// <summary>
/// A llama.cpp context with the prefix of the prompt that is answered. All sequences share one store of keys and values, so that
/// a fork marks cells instead of copying them. Used by one caller at a time.
/// </summary>
internal sealed class InferenceContext : IDisposable
{
    /// <summary>The tokens that are computed at once; twice as many take 7 MB more for SmolLM2-135M and are no faster on a processor.</summary>
    private const int MicroBatchTokens = 256;

    private const int ResidentSequence = 0;
    private const char AdapterMark = '@';

    private readonly LlamaContext _context;
    private readonly LlamaThreadPool _threads;
    private readonly LlamaBatch _batch;
    private readonly ThreadGovernor _governor;
    private int _currentThreads;
    private readonly Stack<int> _freeSequences = new();
    private readonly Dictionary<string, byte[]> _stored = new(StringComparer.Ordinal);
    private string? _resident;
    private LlamaAdapter? _adapter;

    /// <summary>Initializes a new instance of the <see cref="InferenceContext"/> class.</summary>
    /// <param name="model">The model; must outlive the context.</param>
    /// <param name="capacity">How large the context has to be.</param>
    /// <param name="threads">Number of threads that compute.</param>
    public InferenceContext(LlamaModel model, ContextCapacity capacity, int threads)
    {
        Capacity = capacity;
        int sequences = capacity.Sequences;
        _threads = new LlamaThreadPool(threads);
        _context = model.CreateContext(new LlamaContextOptions
        {
            // One token more, and llama.cpp computes all sequences with other rotary factors. Every prompt alone fits.
            ContextLength = Math.Min(capacity.Tokens, model.ContextLimit ?? int.MaxValue),
            BatchSize = capacity.BatchTokens,
            MicroBatchSize = MicroBatchTokens,
            MaxSequences = sequences,

            // llama.cpp aborts the process when it is smaller than the number of sequences.
            MaxOutputs = Math.Max(capacity.Outputs, sequences),
            ThreadCount = threads,
            BatchThreadCount = threads,
            KeepHiddenStates = capacity.HiddenStates,
        });
        _context.SetThreadPool(_threads);
        _batch = new LlamaBatch(capacity.BatchTokens);
        _governor = new ThreadGovernor(threads);
        _currentThreads = threads;
        for (int sequence = sequences - 1; sequence > ResidentSequence; sequence--)
        {
            _freeSequences.Push(sequence);
        }
    }

    /// <summary>Gets the capacity.</summary>
    public ContextCapacity Capacity { get; }

    /// <summary>Gets the number of tokens that all sequences together may have.</summary>
    public int ContextLength => _context.ContextLength;

    /// <summary>Gets the number of batches that were computed.</summary>
    public long Steps { get; private set; }

    /// <summary>Gets a value indicating whether a decode failed in a way that leaves the context in an unknown state.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>
    /// Gets the sequence that holds a prefix. It is computed the first time, and copied back when another prompt was answered
    /// in between: a prefix always lies at the start of an otherwise empty store, because the place of tokens in the store
    /// decides the order in which attention is summed, and so the last digits of the answers.
    /// </summary>
    /// <param name="key">Identity of the prefix.</param>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="cancellationToken">Ends the computation.</param>
    /// <param name="adapter">The adapter that computes it and what follows; null for the plain model. The key tells it as well.</param>
    /// <returns>The sequence, to be forked only; -1 for an empty prefix.</returns>
    public int PrefixSequence(string key, ReadOnlySpan<int> tokens, CancellationToken cancellationToken, LlamaAdapter? adapter = null)
    {
        if (!ReferenceEquals(adapter, _adapter))
        {
            _context.SetAdapter(adapter);
            _adapter = adapter;
        }

        if (_resident != key)
        {
            StoreResident();
            bool restored = _stored.TryGetValue(key, out byte[]? state) && _context.RestoreSequence(state, ResidentSequence);
            if (!restored && !tokens.IsEmpty)
            {
                ComputePrefix(tokens, cancellationToken);
            }

            _resident = key;
        }

        return tokens.IsEmpty ? -1 : ResidentSequence;
    }

    /// <summary>The identity of a prefix: its state depends on the model and on nothing but its tokens.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <returns>The key.</returns>
    public static string PrefixKey(ReadOnlySpan<int> tokens) => string.Join(',', tokens.ToArray().Select(token => token.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The identity of a prefix that an adapter computes: keys and values of one adapter are wrong under another.</summary>
    /// <param name="prefix">Identity of the prompt's prefix.</param>
    /// <param name="adapterSha256">The adapter; null for the plain model.</param>
    /// <returns>The key.</returns>
    public static string PrefixKey(string prefix, string? adapterSha256) => adapterSha256 is null ? prefix : prefix + AdapterMark + adapterSha256;

    /// <summary>Forgets the prefixes that an adapter has computed.</summary>
    /// <param name="adapterSha256">The adapter.</param>
    public void ForgetAdapter(string adapterSha256)
    {
        foreach (string key in _stored.Keys.Where(key => key.EndsWith(AdapterMark + adapterSha256, StringComparison.Ordinal)).ToList())
        {
            _stored.Remove(key);
        }
    }

    /// <summary>Forgets the prefixes that no client uses any more.</summary>
    /// <param name="keys">The prefixes to keep, without their adapters.</param>
    public void KeepPrefixes(HashSet<string> keys)
    {
        if (_resident is not null && !keys.Contains(WithoutAdapter(_resident)))
        {
            _context.Clear();
            _resident = null;
        }

        foreach (string key in _stored.Keys.Where(key => !keys.Contains(WithoutAdapter(key))).ToList())
        {
            _stored.Remove(key);
        }
    }

    /// <summary>Begins a sequence with the tokens of another one.</summary>
    /// <param name="source">The other sequence; -1 for an empty one.</param>
    /// <returns>The new sequence; give it back with <see cref="Release"/>.</returns>
    public int Fork(int source)
    {
        int sequence = _freeSequences.Pop();
        if (source >= 0)
        {
            _context.CopySequence(source, sequence);
        }

        return sequence;
    }

    /// <summary>Removes the tokens of a sequence.</summary>
    /// <param name="sequence">The sequence.</param>
    public void Release(int sequence)
    {
        _context.RemoveSequence(sequence);
        _freeSequences.Push(sequence);
    }

    /// <summary>Removes the last tokens of a sequence.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="position">The first position to remove.</param>
    public void RemoveFrom(int sequence, int position) => _context.RemoveSequence(sequence, position);

    /// <summary>Begins a new batch.</summary>
    public void ClearBatch() => _batch.Clear();

    /// <summary>Appends a token to the batch.</summary>
    /// <param name="token">The token.</param>
    /// <param name="position">Its position in its sequences.</param>
    /// <param name="sequences">Its sequences.</param>
    /// <param name="withLogits">Whether <see cref="Logits"/> is asked for it.</param>
    /// <returns>Its index in the batch.</returns>
    public int Append(int token, int position, ReadOnlySpan<int> sequences, bool withLogits) =>
        _batch.Add(token, position, sequences, withLogits);

    /// <summary>Computes the batch.</summary>
    /// <param name="withLogits">False when hidden states alone are read.</param>
    /// <param name="cancellationToken">Ends the computation within a step.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; sequences of the batch hold a part of their tokens.</exception>
    public void Decode(bool withLogits, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_governor.Threads != _currentThreads)
        {
            _currentThreads = _governor.Threads;
            _context.SetThreadCount(_currentThreads, _currentThreads);
        }

        NativeLogForwarding.SetCancellation(cancellationToken);
        try
        {
            TimeSpan processorTime = ProcessorTime();
            long start = Stopwatch.GetTimestamp();
            if (withLogits)
            {
                _context.Decode(_batch, cancellationToken);
            }
            else
            {
                _context.DecodeHiddenStates(_batch, cancellationToken);
            }

            Steps++;
            _governor.Observe(_batch.Count, Stopwatch.GetElapsedTime(start), ProcessorTime() - processorTime);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            IsBroken = true;
            throw;
        }
        finally
        {
            NativeLogForwarding.SetCancellation(default);
        }
    }

    /// <summary>Gets the logits after a token of the last batch.</summary>
    /// <param name="index">The token's index in the batch.</param>
    /// <returns>One value per token of the vocabulary; valid until the next batch.</returns>
    public ReadOnlySpan<float> Logits(int index) => _context.GetLogits(index);

    /// <summary>Gets the normalized hidden state at a token of the last batch that wanted logits.</summary>
    /// <param name="index">The token's index in the batch.</param>
    /// <returns>One value for each of the model's width; valid until the next batch.</returns>
    public ReadOnlySpan<float> HiddenState(int index) => _context.GetHiddenState(_batch, index);

    /// <inheritdoc/>
    public void Dispose()
    {
        _context.Dispose();
        _threads.Dispose();
    }

    private static string WithoutAdapter(string key) => key.Split(AdapterMark)[0];

    private static TimeSpan ProcessorTime() => Environment.CpuUsage.TotalTime;

    private void ComputePrefix(ReadOnlySpan<int> tokens, CancellationToken cancellationToken)
    {
        ClearBatch();
        for (int i = 0; i < tokens.Length; i++)
        {
            Append(tokens[i], i, [ResidentSequence], withLogits: false);
        }

        try
        {
            Decode(withLogits: true, cancellationToken);
        }
        catch
        {
            _context.Clear();
            throw;
        }
    }

    private void StoreResident()
    {
        if (_resident is not null && !_stored.ContainsKey(_resident) && _context.GetLastPosition(ResidentSequence) >= 0)
        {
            _stored.Add(_resident, _context.SaveSequence(ResidentSequence));
        }

        _context.Clear();
        _resident = null;
    }
}
