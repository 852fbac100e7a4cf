using EdgeBuild.LlamaCpp.Native;

namespace EdgeBuild.LlamaCpp;

/// <summary>Blocks of any ggml type to 32-bit floats, by ggml's own functions (<c>ggml_type_traits.to_float</c>).</summary>
public static unsafe class GgmlDequantizer
{
    /// <summary>Below this many values a second thread costs more than it saves.</summary>
    private const long ValuesPerTask = 1 << 17;

    /// <summary>Converts rows with several threads.</summary>
    /// <param name="type">The type of the source.</param>
    /// <param name="source">The rows, without gaps.</param>
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="rowLength">The values of a row.</param>
    /// <param name="destination">Receives <c>rowCount * rowLength</c> values.</param>
    /// <exception cref="NotSupportedException">Integer types and <c>F64</c> are no weights.</exception>
    public static void Dequantize(GgmlType type, ReadOnlySpan<byte> source, long rowCount, long rowLength, Span<float> destination)
    {
        long rowBytes = GgmlTypes.RowByteCount(type, rowLength);
        ArgumentOutOfRangeException.ThrowIfLessThan((long)source.Length, rowCount * rowBytes, nameof(source));
        ArgumentOutOfRangeException.ThrowIfLessThan((long)destination.Length, rowCount * rowLength, nameof(destination));
        if (rowCount == 0)
        {
            return;
        }

        fixed (byte* sourcePointer = source)
        fixed (float* destinationPointer = destination)
        {
            if (type == GgmlType.F32)
            {
                Buffer.MemoryCopy(sourcePointer, destinationPointer, (long)destination.Length * sizeof(float), rowCount * rowBytes);
                return;
            }

            NativeLibraries.EnsureLoaded();
            delegate* unmanaged[Cdecl]<void*, float*, long, void> toFloat = GgmlNative.ggml_get_type_traits((int)type)->ToFloat;
            if (toFloat == null)
            {
                throw new NotSupportedException($"Values of type {GgmlTypes.Name(type)} cannot be read as floats.");
            }

            nint from = (nint)sourcePointer;
            nint to = (nint)destinationPointer;
            RowTasks.Run(rowCount, rowLength, ValuesPerTask, (first, count) => toFloat(
                (byte*)from + (first * rowBytes), (float*)to + (first * rowLength), count * rowLength));
        }
    }
}
