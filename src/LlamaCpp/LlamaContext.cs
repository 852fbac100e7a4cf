using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp.Native;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp;

/// <summary>
/// The state of sequences that a model computes. One thread at a time. What would end the process in native code (too many outputs, a partial
/// copy without a unified cache) is refused here with an exception.
/// </summary>
public sealed unsafe class LlamaContext : IDisposable
{
    /// <summary><c>LLAMA_MAX_SEQ</c> of src/llama-cparams.h.</summary>
    public const int SequenceLimit = 256;

    private readonly LlamaContextHandle _handle;
    private readonly nint _memory;
    private readonly int* _abortFlag;
    private readonly int _maxOutputs;
    private readonly HiddenStates? _hiddenStates;
    private bool _hasLogits = true;

    internal LlamaContext(LlamaModel model, LlamaContextOptions options)
    {
        options.Check();
        if (model.IsVocabularyOnly)
        {
            throw new InvalidOperationException("A model that was loaded for its vocabulary only cannot compute.");
        }

        Model = model;
        Options = options;
        _abortFlag = (int*)NativeMemory.AllocZeroed(sizeof(int));
        NativeLog.ClearFirstError();
        _hiddenStates = options.KeepHiddenStates ? new HiddenStates(model.EmbeddingLength, options.LargestOutputs) : null;
        nint context = LlamaNative.llama_init_from_model(model.Handle, options.ToNative(&OnAbortQuery, _abortFlag, _hiddenStates));
        if (context == 0)
        {
            NativeMemory.Free(_abortFlag);
            _hiddenStates?.Dispose();
            throw new EdgeModelException(
                ErrorCodes.ContextExceeded,
                $"llama.cpp cannot make a context of {options.ContextLength} tokens for {options.MaxSequences} sequences.{NativeLog.FirstError()} " +
                "Lower the context length, or free memory.",
                model.Path);
        }

        _handle = new LlamaContextHandle(context, model.Handle, _abortFlag, _hiddenStates);
        _memory = LlamaNative.llama_get_memory(_handle);
        ContextLength = (int)LlamaNative.llama_n_ctx(_handle);
        SequenceLength = (int)LlamaNative.llama_n_ctx_seq(_handle);
        BatchSize = (int)LlamaNative.llama_n_batch(_handle);
        _maxOutputs = options.MaxOutputs == 0 ? BatchSize : options.MaxOutputs;
    }

    /// <summary>Gets the model.</summary>
    public LlamaModel Model { get; }

    /// <summary>Gets the options that it was made with.</summary>
    public LlamaContextOptions Options { get; }

    /// <summary>Gets the number of tokens of all sequences together that fit.</summary>
    public int ContextLength { get; }

    /// <summary>Gets the number of tokens of one sequence that fit.</summary>
    public int SequenceLength { get; }

    /// <summary>Gets the most tokens that one <see cref="Decode"/> takes: the batch size asked for, or the context length when that is smaller.</summary>
    public int BatchSize { get; }

    /// <summary>Computes a batch. The logits of the wanted tokens can be read until the next call.</summary>
    /// <param name="batch">The tokens.</param>
    /// <param name="cancellationToken">Stops the computation. Tokens already computed stay in the cache: remove their sequences.</param>
    /// <exception cref="EdgeModelException">EDGE2005: the tokens do not fit into the context; nothing was computed. EDGE3021: llama.cpp failed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ArgumentException">The batch is empty, too large, or names a token, a position or a sequence that cannot be.</exception>
    public void Decode(LlamaBatch batch, CancellationToken cancellationToken = default) => Compute(batch, withLogits: true, cancellationToken);

    /// <summary>As <see cref="Decode"/>, but without the logits, which cost a tenth of a short call: <see cref="GetHiddenState"/> alone can be called afterwards.</summary>
    /// <param name="batch">The tokens.</param>
    /// <param name="cancellationToken">Stops the computation.</param>
    /// <exception cref="EdgeModelException">EDGE2005: the tokens do not fit into the context; nothing was computed. EDGE3021: llama.cpp failed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ArgumentException">The batch is empty, too large, or names a token, a position or a sequence that cannot be.</exception>
    /// <exception cref="InvalidOperationException">The context was made without <see cref="LlamaContextOptions.KeepHiddenStates"/>.</exception>
    public void DecodeHiddenStates(LlamaBatch batch, CancellationToken cancellationToken = default)
    {
        if (_hiddenStates is null)
        {
            throw new InvalidOperationException("The context keeps no hidden states.");
        }

        Compute(batch, withLogits: false, cancellationToken);
    }

    /// <summary>The logits after a token of the last batch.</summary>
    /// <param name="batchIndex">The index that <see cref="LlamaBatch.Add(int, int, int, bool)"/> returned; the token must have wanted logits.</param>
    /// <returns>One value for each token of the vocabulary, valid until the next <see cref="Decode"/>.</returns>
    public ReadOnlySpan<float> GetLogits(int batchIndex)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batchIndex);
        if (!_hasLogits)
        {
            throw new InvalidOperationException("The last batch was computed without logits.");
        }

        float* logits = LlamaNative.llama_get_logits_ith(_handle, batchIndex);
        return logits == null
            ? throw new ArgumentOutOfRangeException(nameof(batchIndex), batchIndex, "This token of the last batch has no logits.")
            : new ReadOnlySpan<float>(logits, Model.Vocabulary.Count);
    }

    /// <summary>The normalized hidden state at a token of the last batch: what the output matrix turns into its logits.</summary>
    /// <param name="batch">The last batch, unchanged.</param>
    /// <param name="batchIndex">The index of the token in it; the token must have wanted logits.</param>
    /// <returns>One value for each of the model's width, valid until the next <see cref="Decode"/>.</returns>
    /// <exception cref="InvalidOperationException">The context was made without <see cref="LlamaContextOptions.KeepHiddenStates"/>.</exception>
    public ReadOnlySpan<float> GetHiddenState(LlamaBatch batch, int batchIndex)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        return _hiddenStates is null
            ? throw new InvalidOperationException("The context keeps no hidden states.")
            : _hiddenStates.Get(batch.OutputNumber(batchIndex));
    }

    /// <summary>Makes a sequence share the tokens of another; costs microseconds in a unified cache.</summary>
    /// <param name="source">The sequence to share.</param>
    /// <param name="destination">The sequence that gets the tokens.</param>
    /// <param name="from">The first position, negative for 0.</param>
    /// <param name="to">The position behind the last, negative for all.</param>
    public void CopySequence(int source, int destination, int from = -1, int to = -1)
    {
        CheckSequence(source);
        CheckSequence(destination);
        if (!Options.Unified && (from > 0 || to >= 0))
        {
            throw new InvalidOperationException("A part of a sequence can only be copied in a unified cache.");
        }

        LlamaNative.llama_memory_seq_cp(_memory, source, destination, from, to);
    }

    /// <summary>Removes tokens of a sequence.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="from">The first position, negative for 0.</param>
    /// <param name="to">The position behind the last, negative for all.</param>
    /// <returns>False when this kind of model cannot remove a part; removing a whole sequence always works.</returns>
    public bool RemoveSequence(int sequence, int from = -1, int to = -1)
    {
        CheckSequence(sequence);
        return LlamaNative.llama_memory_seq_rm(_memory, sequence, from, to);
    }

    /// <summary>The position of the last token of a sequence.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <returns>The position, or -1 when the sequence is empty.</returns>
    public int GetLastPosition(int sequence)
    {
        CheckSequence(sequence);
        return LlamaNative.llama_memory_seq_pos_max(_memory, sequence);
    }

    /// <summary>Removes all tokens of all sequences.</summary>
    public void Clear()
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        LlamaNative.llama_memory_clear(_memory, data: false);
    }

    /// <summary>Copies the cached tokens of a sequence, to be kept and given to <see cref="RestoreSequence"/> of a context of the same kind.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <returns>Bytes that only the same release, model, adapter and context options can read; the caller keys them so.</returns>
    public byte[] SaveSequence(int sequence)
    {
        CheckSequence(sequence);
        byte[] state = new byte[checked((int)LlamaNative.llama_state_seq_get_size(_handle, sequence))];
        fixed (byte* pointer = state)
        {
            nuint written = LlamaNative.llama_state_seq_get_data(_handle, pointer, (nuint)state.Length, sequence);
            return (int)written == state.Length ? state : throw new InvalidOperationException("llama.cpp did not write the whole state of the sequence.");
        }
    }

    /// <summary>Gives a sequence the tokens that <see cref="SaveSequence"/> copied.</summary>
    /// <param name="state">The bytes. They must be proven to be unchanged: llama.cpp trusts them.</param>
    /// <param name="sequence">The sequence; what it held is replaced.</param>
    /// <returns>False when they are of another kind of context.</returns>
    public bool RestoreSequence(ReadOnlySpan<byte> state, int sequence)
    {
        CheckSequence(sequence);
        fixed (byte* pointer = state)
        {
            return LlamaNative.llama_state_seq_set_data(_handle, pointer, (nuint)state.Length, sequence) == (nuint)state.Length;
        }
    }

    /// <summary>Applies one adapter, or none, to what is computed from now on. Cached tokens keep the adapter they were computed with.</summary>
    /// <param name="adapter">The adapter, or null for the plain model.</param>
    /// <param name="scale">A factor on top of the adapter's own.</param>
    public void SetAdapter(LlamaAdapter? adapter, float scale = 1)
    {
        if (adapter is null)
        {
            _ = LlamaNative.llama_set_adapters_lora(_handle, null, 0, null);
            _handle.ReplaceAdapters([]);
            return;
        }

        if (!ReferenceEquals(adapter.Model, Model))
        {
            throw new ArgumentException("The adapter was loaded for another model.", nameof(adapter));
        }

        ObjectDisposedException.ThrowIf(adapter.Handle.IsClosed, adapter);
        nint pointer = adapter.Handle.DangerousGetHandle();
        if (LlamaNative.llama_set_adapters_lora(_handle, &pointer, 1, &scale) != 0)
        {
            throw new EdgeModelException(
                ErrorCodes.AdapterMismatch,
                $"llama.cpp does not take the adapter.{NativeLog.FirstError()} Build the adapter again, on this model.",
                adapter.Path);
        }

        _handle.ReplaceAdapters([adapter.Handle]);
    }

    /// <summary>Uses the threads of a pool, or of none, from now on.</summary>
    /// <param name="threadPool">The pool; it may serve several contexts, one at a time.</param>
    public void SetThreadPool(LlamaThreadPool? threadPool)
    {
        if (threadPool is null)
        {
            LlamaNative.llama_detach_threadpool(_handle);
            _handle.ReplaceThreadPool(null);
            return;
        }

        ObjectDisposedException.ThrowIf(threadPool.Handle.IsClosed, threadPool);
        LlamaNative.llama_attach_threadpool(_handle, threadPool.Handle.DangerousGetHandle(), 0);
        _handle.ReplaceThreadPool(threadPool.Handle);
    }

    /// <summary>Sets the number of threads; at most those of the pool.</summary>
    /// <param name="threadCount">For single tokens.</param>
    /// <param name="batchThreadCount">For batches.</param>
    public void SetThreadCount(int threadCount, int batchThreadCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threadCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchThreadCount, 1);
        LlamaNative.llama_set_n_threads(_handle, threadCount, batchThreadCount);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte OnAbortQuery(nint flag) => Volatile.Read(ref *(int*)flag) != 0 ? (byte)1 : (byte)0;

    private void Compute(LlamaBatch batch, bool withLogits, CancellationToken cancellationToken)
    {
        if (batch.Count == 0 || batch.Count > BatchSize)
        {
            throw new ArgumentException($"A batch has 1 to {BatchSize} tokens, this one {batch.Count}.", nameof(batch));
        }

        if (batch.OutputCount > _maxOutputs || batch.LargestSequence >= Options.MaxSequences)
        {
            throw new ArgumentException(
                $"The context gives {_maxOutputs} outputs of {Options.MaxSequences} sequences, the batch asks for {batch.OutputCount} outputs " +
                $"and sequence {batch.LargestSequence}.",
                nameof(batch));
        }

        cancellationToken.ThrowIfCancellationRequested();
        int result;
        NativeLog.ClearFirstError();
        _hasLogits = withLogits;
        _hiddenStates?.Begin(withLogits);
        int* flag = _abortFlag;
        using (cancellationToken.UnsafeRegister(static state => Volatile.Write(ref *(int*)(nint)state!, 1), (nint)flag))
        {
            result = LlamaNative.llama_decode(_handle, batch.ToNative());
            if (result == 0)
            {
                LlamaNative.llama_synchronize(_handle);
            }
        }

        Volatile.Write(ref *flag, 0);
        GC.KeepAlive(batch);
        switch (result)
        {
            case 0:
                return;
            case 1:
                throw new EdgeModelException(
                    ErrorCodes.ContextExceeded, $"{batch.Count} more tokens do not fit into the context of {ContextLength} tokens. Use shorter inputs or a larger context.");
            case 2:
                throw new OperationCanceledException(cancellationToken);
            case -1:
                throw new ArgumentException($"llama.cpp refuses the batch.{NativeLog.FirstError()}", nameof(batch));
            default:
                throw new EdgeModelException(
                    ErrorCodes.ComputationFailed,
                    $"llama.cpp could not compute {batch.Count} tokens (code {result}).{NativeLog.FirstError()} Call again; when it happens again, free memory and compare the model's SHA-256.",
                    Model.Path);
        }
    }

    private void CheckSequence(int sequence)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sequence, Options.MaxSequences);
    }
}
