using System.Numerics.Tensors;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>
/// Adds an adapter to weights: <c>W' = W + alpha / rank · B · A</c> in 32-bit floats, the scale as llama.cpp applies it at run time
/// (<c>src/llama-adapter.h</c>, <c>get_scale</c>). It needs no libtorch.
/// </summary>
public sealed class AdapterMerge : IDisposable
{
    private const string SuffixA = ".lora_a";
    private const string SuffixB = ".lora_b";

    private readonly GgufFile _adapter;
    private readonly double _alpha;

    /// <summary>Initializes a new instance of the <see cref="AdapterMerge"/> class.</summary>
    /// <param name="adapterPath">A GGUF adapter.</param>
    public AdapterMerge(string adapterPath)
    {
        _adapter = GgufFile.Open(adapterPath);
        _alpha = _adapter.GetNumber("adapter.lora.alpha") ?? 0;
    }

    /// <summary>Gets the label heads that were trained with the adapter.</summary>
    public IReadOnlyList<LabelHeadValues> Heads => LabelHeadMetadata.Read(_adapter);

    /// <summary>Tells whether the adapter changes a tensor.</summary>
    /// <param name="tensorName">The base's tensor, for example <c>blk.0.attn_q.weight</c>.</param>
    /// <returns>Whether there is a pair for it.</returns>
    public bool Adapts(string tensorName) => _adapter.FindTensor(tensorName + SuffixA) is not null;

    /// <summary>Adds the adapter's product to some rows of one tensor.</summary>
    /// <param name="tensor">The base's tensor; its name and shape count.</param>
    /// <param name="firstRow">The first of the rows.</param>
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="weights">Their values, row-major [outputs, inputs]; changed in place.</param>
    /// <exception cref="EdgeBuildException">EDGE3002: the shapes do not fit.</exception>
    public void AddTo(GgufTensor tensor, long firstRow, int rowCount, float[] weights)
    {
        GgufTensor factorA = _adapter.GetTensor(tensor.Name + SuffixA);
        GgufTensor factorB = _adapter.GetTensor(tensor.Name + SuffixB);
        int inputs = checked((int)tensor.RowLength);
        int rank = checked((int)factorB.RowLength);
        if (factorA.RowLength != inputs || factorA.RowCount != rank || factorB.RowCount != tensor.RowCount)
        {
            throw new EdgeBuildException(ErrorCodes.AdapterMismatch, $"The adapter does not fit the base's tensor '{tensor.Name}'.", _adapter.Path);
        }

        float scale = (float)(_alpha == 0 ? 1 : _alpha / rank);
        float[] a = factorA.Dequantize();
        float[] b = new float[rowCount * rank];
        factorB.Dequantize(firstRow, rowCount, b);
        Parallel.For(0, rowCount, output =>
        {
            Span<float> row = weights.AsSpan(output * inputs, inputs);
            for (int r = 0; r < rank; r++)
            {
                TensorPrimitives.MultiplyAdd(a.AsSpan(r * inputs, inputs), scale * b[(output * rank) + r], row, row);
            }
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _adapter.Dispose();
}
