using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeBuild.LlamaCpp.Native;

namespace EdgeBuild.LlamaCpp;

/// <summary>
/// The normalized hidden states of a batch's outputs: what the output matrix turns into logits. llama.cpp gives embeddings only together with
/// the logits of every token (<c>output_all</c> in src/llama-context.cpp), which costs a quarter of a small model's time; the evaluation callback
/// sees the tensor of the outputs alone.
/// </summary>
internal sealed unsafe class HiddenStates : IDisposable
{
    private readonly Storage* _storage;

    /// <summary>Initializes a new instance of the <see cref="HiddenStates"/> class.</summary>
    /// <param name="width">The width of a hidden state.</param>
    /// <param name="rows">The most outputs of a batch.</param>
    public HiddenStates(int width, int rows)
    {
        Width = width;
        _storage = (Storage*)NativeMemory.AllocZeroed((nuint)sizeof(Storage));
        _storage->Values = (float*)NativeMemory.Alloc((nuint)width * (nuint)rows, sizeof(float));
        _storage->Capacity = (nuint)width * (nuint)rows * sizeof(float);
    }

    /// <summary>Gets the width of a hidden state.</summary>
    public int Width { get; }

    /// <summary>Gets the callback for <c>llama_context_params.cb_eval</c>.</summary>
    public static delegate* unmanaged[Cdecl]<nint, byte, nint, byte> Callback => &OnTensor;

    /// <summary>Gets the callback's data.</summary>
    public nint Data => (nint)_storage;

    /// <summary>Begins a batch.</summary>
    /// <param name="withLogits">Whether the output matrix is applied to the states; it costs a tenth of a short call.</param>
    public void Begin(bool withLogits)
    {
        _storage->Length = 0;
        _storage->EndsGraph = withLogits ? (byte)0 : (byte)1;
    }

    /// <summary>Gets the state of an output.</summary>
    /// <param name="output">Its number among the outputs of the batch, in the order of the batch.</param>
    /// <returns>The state, valid until the next batch.</returns>
    public ReadOnlySpan<float> Get(int output) => (nuint)((output + 1) * Width) * sizeof(float) <= _storage->Length
        ? new ReadOnlySpan<float>(_storage->Values + ((long)output * Width), Width)
        : throw new InvalidOperationException("llama.cpp computed no hidden state for this token.");

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_storage->Values);
        NativeMemory.Free(_storage);
    }

    // Asked first for every tensor of the graph whether it is wanted, then called with the computed one. A batch of several micro-batches
    // computes its outputs in order.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte OnTensor(nint tensor, byte isQuestion, nint data)
    {
        if (isQuestion != 0)
        {
            return MemoryMarshal.CreateReadOnlySpanFromNullTerminated(GgmlNative.ggml_get_name(tensor)).SequenceEqual("result_norm"u8) ? (byte)1 : (byte)0;
        }

        var storage = (Storage*)data;
        nuint length = GgmlNative.ggml_nbytes(tensor);
        if (length > 0 && storage->Length + length <= storage->Capacity)
        {
            GgmlNative.ggml_backend_tensor_get(tensor, (byte*)storage->Values + storage->Length, 0, length);
            storage->Length += length;
        }

        // False ends the computation of the graph, which has nothing left to do but the logits.
        return storage->EndsGraph == 0 ? (byte)1 : (byte)0;
    }

    private struct Storage
    {
        public float* Values;
        public nuint Capacity;
        public nuint Length;
        public byte EndsGraph;
    }
}
