using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeBuild.LlamaCpp.Native;

namespace EdgeBuild.LlamaCpp;

/// <summary>Sums the squares of the inputs of a graph's matrix products, in llama.cpp's evaluation callback.</summary>
internal sealed unsafe class ImportanceCollector : IDisposable
{
    private static int _product = -1;

    private readonly Dictionary<string, Sums> _sums = new(StringComparer.Ordinal);
    private readonly GCHandle _self;
    private byte[] _buffer = [];
    private Exception? _failure;

    public ImportanceCollector()
    {
        _self = GCHandle.Alloc(this);
        if (_product < 0)
        {
            _product = Enumerable.Range(0, 256).First(operation => Utf8Text.Read(GgmlNative.ggml_op_name(operation)) == "MUL_MAT");
        }
    }

    /// <summary>Gets the callback for <c>llama_context_params.cb_eval</c>.</summary>
    public static delegate* unmanaged[Cdecl]<nint, byte, nint, byte> Callback => &OnTensor;

    /// <summary>Gets the callback's data.</summary>
    public nint Data => GCHandle.ToIntPtr(_self);

    /// <summary>Gets the mean squares by the matrix's name.</summary>
    /// <exception cref="InvalidOperationException">The callback failed.</exception>
    public IReadOnlyDictionary<string, float[]> Means() => _failure is null
        ? _sums.ToDictionary(entry => entry.Key, entry => entry.Value.Means(), StringComparer.Ordinal)
        : throw new InvalidOperationException("The inputs of a matrix could not be read.", _failure);

    public void Dispose() => _self.Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte OnTensor(nint tensor, byte isQuestion, nint data)
    {
        var node = (GgmlTensorStruct*)tensor;
        if (node->Operation != _product)
        {
            return 0;
        }

        var collector = (ImportanceCollector)GCHandle.FromIntPtr(data).Target!;
        try
        {
            var matrix = (GgmlTensorStruct*)node->Source0;
            var inputs = (GgmlTensorStruct*)node->Source1;
            ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(matrix->Name);

            // The factors of an adapter end in .lora_a and .lora_b; attention multiplies tensors that are no weights.
            if (inputs->Type != (int)GgmlType.F32 || !name.StartsWith("blk."u8) || !name.EndsWith(".weight"u8))
            {
                return 0;
            }

            if (isQuestion == 0)
            {
                collector.Add(Utf8Text.Read(matrix->Name), node->Source1, checked((int)inputs->Shape[0]));
            }

            return 1;
        }
#pragma warning disable CA1031 // An exception must never cross into native code.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            collector._failure ??= exception;
            return 1;
        }
    }

    private void Add(string name, nint inputs, int width)
    {
        nuint length = GgmlNative.ggml_nbytes(inputs);
        if ((nuint)_buffer.Length < length)
        {
            _buffer = new byte[length];
        }

        fixed (byte* buffer = _buffer)
        {
            GgmlNative.ggml_backend_tensor_get(inputs, buffer, 0, length);
        }

        if (!_sums.TryGetValue(name, out Sums? sums))
        {
            _sums.Add(name, sums = new Sums(width));
        }

        sums.Add(MemoryMarshal.Cast<byte, float>(_buffer.AsSpan(0, (int)length)));
    }

    private sealed class Sums(int width)
    {
        private readonly float[] _squares = new float[width];
        private long _rows;

        public void Add(ReadOnlySpan<float> values)
        {
            for (int start = 0; start + width <= values.Length; start += width)
            {
                AddSquares(values.Slice(start, width));
                _rows++;
            }
        }

        public float[] Means() => [.. _squares.Select(sum => sum / Math.Max(1, _rows))];

        private void AddSquares(ReadOnlySpan<float> row)
        {
            int index = 0;
            for (; index <= width - Vector<float>.Count; index += Vector<float>.Count)
            {
                var values = new Vector<float>(row[index..]);
                (new Vector<float>(_squares, index) + (values * values)).CopyTo(_squares, index);
            }

            for (; index < width; index++)
            {
                _squares[index] += row[index] * row[index];
            }
        }
    }
}
