using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>
/// Merges an adapter into a base and quantizes, in one pass over the tensors: dequantized rows, plus the adapter's product in 32-bit floats,
/// rounded to their type. No file of full precision lies in between, and memory does not grow with the model.
/// </summary>
/// <param name="baseFile">The base.</param>
/// <param name="merge">The adapter; null for the base alone.</param>
/// <param name="types">The type of each tensor of the result.</param>
/// <param name="importance">The importance of the inputs of each matrix; empty for none.</param>
public sealed class MergedModelWriter(
    GgufFile baseFile, AdapterMerge? merge, IReadOnlyDictionary<string, GgmlType> types, IReadOnlyDictionary<string, float[]> importance)
{
    private const int ValuesAtOnce = 1 << 22;

    /// <summary>The error is a figure for people; every 16th row tells it.</summary>
    private const int RowsPerMeasuredRow = 16;

    private float[] _weights = [];
    private byte[] _blocks = [];
    private float[] _rounded = [];
    private double _squares;
    private double _errors;

    /// <summary>Gets the root mean square of what rounding changed, as a share of that of the weights.</summary>
    public double RoundingError => _squares > 0 ? Math.Sqrt(_errors / _squares) : 0;

    /// <summary>Adds all tensors to a file.</summary>
    /// <param name="writer">The file.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public void AddTensors(GgufWriter writer, CancellationToken cancellationToken)
    {
        foreach (GgufTensor tensor in baseFile.Tensors)
        {
            GgmlType type = types[tensor.Name];
            bool adapted = merge?.Adapts(tensor.Name) == true;
            if (!adapted && type == tensor.Type)
            {
                writer.AddTensor(tensor);
            }
            else
            {
                writer.AddTensor(tensor.Name, type, [.. tensor.Shape], stream => Write(tensor, type, adapted, stream, cancellationToken));
            }
        }
    }

    private void Write(GgufTensor tensor, GgmlType type, bool adapted, Stream stream, CancellationToken cancellationToken)
    {
        int length = checked((int)tensor.RowLength);
        int most = (int)Math.Min(tensor.RowCount, Math.Max(1, ValuesAtOnce / length));
        int rowBytes = checked((int)GgmlTypes.RowByteCount(type, length));
        Grow(ref _weights, most * length);
        Grow(ref _blocks, most * rowBytes);
        ReadOnlySpan<float> weightOfInputs = importance.TryGetValue(tensor.Name, out float[]? values) && values.Length == length ? values : default;
        for (long row = 0; row < tensor.RowCount; row += most)
        {
            int count = (int)Math.Min(most, tensor.RowCount - row);
            Span<float> weights = _weights.AsSpan(0, count * length);
            Span<byte> blocks = _blocks.AsSpan(0, count * rowBytes);
            tensor.Dequantize(row, count, weights);
            if (adapted)
            {
                merge!.AddTo(tensor, row, count, _weights);
            }

            GgmlQuantizer.Quantize(type, weights, count, length, blocks, weightOfInputs, cancellationToken);
            Measure(type, weights, blocks, count, length, rowBytes);
            stream.Write(blocks);
        }
    }

    private void Measure(GgmlType type, ReadOnlySpan<float> weights, ReadOnlySpan<byte> blocks, int count, int length, int rowBytes)
    {
        if (type == GgmlType.F32)
        {
            return;
        }

        Grow(ref _rounded, length);
        for (int row = 0; row < count; row += RowsPerMeasuredRow)
        {
            GgmlDequantizer.Dequantize(type, blocks.Slice(row * rowBytes, rowBytes), 1, length, _rounded);
            ReadOnlySpan<float> exact = weights.Slice(row * length, length);
            for (int index = 0; index < length; index++)
            {
                double difference = exact[index] - _rounded[index];
                _errors += difference * difference;
                _squares += (double)exact[index] * exact[index];
            }
        }
    }

    private static void Grow<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = GC.AllocateUninitializedArray<T>(length);
        }
    }
}
