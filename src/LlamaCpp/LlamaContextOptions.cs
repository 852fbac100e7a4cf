using EdgeBuild.LlamaCpp.Native;

namespace EdgeBuild.LlamaCpp;

/// <summary>The sizes of a <see cref="LlamaContext"/>. Memory grows with all of them, so they are as small as what is used.</summary>
public sealed record LlamaContextOptions
{
    /// <summary>Gets the number of tokens of all sequences together that fit; llama.cpp rounds up to 256.</summary>
    public int ContextLength { get; init; } = 512;

    /// <summary>Gets the most tokens that one <see cref="LlamaContext.Decode"/> takes.</summary>
    public int BatchSize { get; init; } = 2048;

    /// <summary>Gets the most tokens that are computed at once.</summary>
    public int MicroBatchSize { get; init; } = 512;

    /// <summary>Gets the number of sequences; ids are 0 to one less, at most 256.</summary>
    public int MaxSequences { get; init; } = 1;

    /// <summary>Gets the most tokens of one batch that give logits; 0 for all. Never fewer than <see cref="MaxSequences"/>: llama.cpp would abort.</summary>
    public int MaxOutputs { get; init; }

    /// <summary>Gets the threads for single tokens; null for all processors but one.</summary>
    public int? ThreadCount { get; init; }

    /// <summary>Gets the threads for batches; null for all processors.</summary>
    public int? BatchThreadCount { get; init; }

    /// <summary>Gets the type of cached keys: <see cref="GgmlType.F16"/> or <see cref="GgmlType.F32"/>.</summary>
    public GgmlType KeyType { get; init; } = GgmlType.F16;

    /// <summary>Gets the type of cached values: <see cref="GgmlType.F16"/> or <see cref="GgmlType.F32"/>.</summary>
    public GgmlType ValueType { get; init; } = GgmlType.F16;

    /// <summary>Gets when the fused attention kernel is used.</summary>
    public LlamaFlashAttention FlashAttention { get; init; } = LlamaFlashAttention.Automatic;

    /// <summary>Gets a value indicating whether all sequences share one cache; needed to copy a part of a sequence to another.</summary>
    public bool Unified { get; init; } = true;

    /// <summary>Gets a value indicating whether <see cref="LlamaContext.GetHiddenState"/> is used.</summary>
    public bool KeepHiddenStates { get; init; }

    /// <summary>Gets what sees the inputs of all matrix products; it must outlive the context.</summary>
    internal ImportanceCollector? Importance { get; init; }

    /// <summary>Gets the most outputs of a batch.</summary>
    internal int LargestOutputs => MaxOutputs == 0 ? Math.Min(ContextLength, BatchSize) : MaxOutputs;

    /// <summary>Refuses what would end the process in native code.</summary>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ContextLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MicroBatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSequences, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxSequences, LlamaContext.SequenceLimit);
        if (LargestOutputs < MaxSequences)
        {
            throw new InvalidOperationException($"A context of {MaxSequences} sequences gives at least as many outputs, not {LargestOutputs}.");
        }

        if (KeepHiddenStates && Importance is not null)
        {
            throw new InvalidOperationException("llama.cpp has one evaluation callback: it gives hidden states or the inputs of products.");
        }

        if (KeyType is not (GgmlType.F16 or GgmlType.F32) || ValueType is not (GgmlType.F16 or GgmlType.F32))
        {
            throw new InvalidOperationException("Keys and values are cached as F16 or F32.");
        }
    }

    internal unsafe LlamaContextParams ToNative(delegate* unmanaged[Cdecl]<nint, byte> abortCallback, int* abortFlag, HiddenStates? hiddenStates)
    {
        LlamaContextParams parameters = LlamaNative.llama_context_default_params();
        parameters.ContextLength = (uint)ContextLength;
        parameters.BatchSize = (uint)BatchSize;
        parameters.MicroBatchSize = (uint)Math.Min(MicroBatchSize, BatchSize);
        parameters.MaxSequences = (uint)MaxSequences;
        parameters.MaxOutputs = (uint)MaxOutputs;
        parameters.ThreadCount = ThreadCount ?? Math.Max(1, Environment.ProcessorCount - 1);
        parameters.BatchThreadCount = BatchThreadCount ?? Environment.ProcessorCount;
        parameters.FlashAttentionType = (int)FlashAttention;
        parameters.KeyType = (int)KeyType;
        parameters.ValueType = (int)ValueType;
        parameters.UnifiedKeyValues = Unified ? (byte)1 : (byte)0;
        parameters.AbortCallback = abortCallback;
        parameters.AbortCallbackData = (nint)abortFlag;
        if (hiddenStates is not null)
        {
            parameters.EvaluationCallback = HiddenStates.Callback;
            parameters.EvaluationCallbackUserData = hiddenStates.Data;
        }
        else if (Importance is not null)
        {
            parameters.EvaluationCallback = ImportanceCollector.Callback;
            parameters.EvaluationCallbackUserData = Importance.Data;
        }

        return parameters;
    }
}
