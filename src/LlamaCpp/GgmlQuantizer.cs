using System.Numerics;
using System.Runtime.InteropServices;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp.Native;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp;

/// <summary>32-bit floats to any ggml type, by ggml's own functions (<c>ggml_quantize_chunk</c>). The result does not depend on the thread count.</summary>
public static unsafe class GgmlQuantizer
{
    private const long ValuesPerTask = 1 << 15;

    /// <summary>Whether the type can only be made with an importance matrix.</summary>
    /// <param name="type">The type.</param>
    /// <returns>True for the smallest IQ types.</returns>
    public static bool RequiresImportance(GgmlType type)
    {
        NativeLibraries.EnsureLoaded();
        return GgmlNative.ggml_quantize_requires_imatrix((int)type);
    }

    /// <summary>Quantizes rows with several threads.</summary>
    /// <param name="type">The type to make.</param>
    /// <param name="values">The values, row after row.</param>
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="rowLength">The values of a row, a multiple of the type's block.</param>
    /// <param name="importance">The mean square activation of every input, <paramref name="rowLength"/> values, or empty.</param>
    /// <param name="cancellationToken">Stops between groups of rows.</param>
    /// <returns>The blocks, row after row.</returns>
    /// <exception cref="EdgeModelException">EDGE3001: a value is not a finite number, or the type cannot be made.</exception>
    public static byte[] Quantize(
        GgmlType type,
        ReadOnlySpan<float> values,
        long rowCount,
        long rowLength,
        ReadOnlySpan<float> importance = default,
        CancellationToken cancellationToken = default)
    {
        byte[] result = GC.AllocateUninitializedArray<byte>(checked((int)(rowCount * GgmlTypes.RowByteCount(type, rowLength))));
        Quantize(type, values, rowCount, rowLength, result, importance, cancellationToken);
        return result;
    }

    /// <summary>Quantizes rows with several threads into a buffer.</summary>
    /// <param name="type">The type to make.</param>
    /// <param name="values">The values, row after row.</param>
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="rowLength">The values of a row, a multiple of the type's block.</param>
    /// <param name="destination">Receives the blocks, row after row.</param>
    /// <param name="importance">The mean square activation of every input, <paramref name="rowLength"/> values, or empty.</param>
    /// <param name="cancellationToken">Stops between groups of rows.</param>
    /// <exception cref="EdgeModelException">EDGE3001: a value is not a finite number, or the type cannot be made.</exception>
    public static void Quantize(
        GgmlType type,
        ReadOnlySpan<float> values,
        long rowCount,
        long rowLength,
        Span<byte> destination,
        ReadOnlySpan<float> importance = default,
        CancellationToken cancellationToken = default)
    {
        long rowBytes = GgmlTypes.RowByteCount(type, rowLength);
        ArgumentOutOfRangeException.ThrowIfLessThan((long)values.Length, rowCount * rowLength, nameof(values));
        ArgumentOutOfRangeException.ThrowIfLessThan((long)destination.Length, rowCount * rowBytes, nameof(destination));
        if (type is GgmlType.Q8_1 or GgmlType.Q8_K or GgmlType.I8 or GgmlType.I16 or GgmlType.I32 or GgmlType.I64 or GgmlType.F64)
        {
            throw new EdgeModelException(ErrorCodes.QuantizationFailed, $"Weights cannot be stored as {GgmlTypes.Name(type)}.");
        }

        if (!importance.IsEmpty && importance.Length != rowLength)
        {
            throw new ArgumentException($"The importance has {importance.Length} values, a row {rowLength}.", nameof(importance));
        }

        if (importance.IsEmpty && RequiresImportance(type))
        {
            throw new EdgeModelException(
                ErrorCodes.QuantizationFailed,
                $"{GgmlTypes.Name(type)} needs an importance matrix. Choose a larger type such as Q4_K_M or Q4_0.");
        }

        // ggml turns NaN into arbitrary blocks, or ends the process, depending on the type.
        if (!AllFinite(values[..checked((int)(rowCount * rowLength))]))
        {
            throw new EdgeModelException(
                ErrorCodes.QuantizationFailed,
                "A weight is not a finite number, so it cannot be quantized. Lower the learning rate and train again.");
        }

        NativeLibraries.EnsureLoaded();
        GgmlNative.ggml_quantize_init((int)type);
        fixed (float* valuesPointer = values)
        fixed (byte* destinationPointer = destination)
        fixed (float* importancePointer = importance)
        {
            nint from = (nint)valuesPointer;
            nint to = (nint)destinationPointer;
            nint weights = (nint)importancePointer;
            RowTasks.Run(
                rowCount,
                rowLength,
                ValuesPerTask,
                (first, count) => GgmlNative.ggml_quantize_chunk(
                    (int)type, (float*)from, (void*)to, first * rowLength, count, rowLength, (float*)weights),
                cancellationToken);
        }
    }

    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        // 0 * x is 0 for finite x only, so one sum answers for all values.
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<float> sum = Vector<float>.Zero;
        foreach (Vector<float> vector in vectors)
        {
            sum += vector * Vector<float>.Zero;
        }

        float rest = Vector.Sum(sum);
        foreach (float value in values[(vectors.Length * Vector<float>.Count)..])
        {
            rest += value * 0;
        }

        return rest == 0;
    }
}
