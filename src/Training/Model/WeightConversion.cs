using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>Stored weights to the compute type. Loading a model and reading a block for one pass convert alike, so that both give the same bits.</summary>
internal static class WeightConversion
{
    /// <summary>Values that are converted at once: they stay in the processor's cache between the two conversions.</summary>
    private const int ValuesAtOnce = 1 << 20;

    /// <summary>Makes the memory that <see cref="Fill"/> needs.</summary>
    /// <param name="target">What will be filled.</param>
    /// <returns>Memory for 32-bit floats, or null when the target takes them itself. It belongs to the current dispose scope.</returns>
    public static Tensor? Between(Tensor target) =>
        IsDirect(target) ? null : empty(Math.Max(ValuesAtOnce, target.shape[^1]), dtype: ScalarType.Float32);

    /// <summary>Fills a matrix.</summary>
    /// <param name="target">The matrix, dense.</param>
    /// <param name="source">The weights.</param>
    /// <param name="between">Memory of <see cref="Between"/> for a target as wide as this one.</param>
    public static unsafe void Fill(Tensor target, IStoredMatrix source, Tensor? between)
    {
        int columns = source.Columns;
        int rowsAtOnce = Math.Max(1, ValuesAtOnce / columns);
        using DisposeScope scope = NewDisposeScope();
        float* direct = between is null ? (float*)Matrix.AddressOf(target) : null;
        float* values = between is null ? null : (float*)Matrix.AddressOf(between);
        for (int row = 0; row < source.Rows; row += rowsAtOnce)
        {
            int count = Math.Min(rowsAtOnce, source.Rows - row);
            float* destination = between is null ? direct + ((long)row * columns) : values;
            source.Dequantize(row, count, new Span<float>(destination, checked(count * columns)));
            if (between is not null)
            {
                target.narrow(0, row, count).copy_(between.narrow(0, 0, (long)count * columns).view(count, columns));
            }
        }
    }

    private static bool IsDirect(Tensor target) => target.dtype == ScalarType.Float32 && target.device_type == DeviceType.CPU;
}
