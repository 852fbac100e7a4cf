using EdgeBuild.Contracts;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>Adds an adapter to weights: W' = W + (α / r) · B A, in 32-bit floats.</summary>
public static class AdapterMerge
{
    /// <summary>Whether a tensor of the base model is changed by an adapter.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="tensorName">The tensor's name in GGUF files.</param>
    /// <returns>True when <see cref="MergeInto"/> changes it.</returns>
    public static bool Changes(LoraAdapter adapter, string tensorName) => adapter.Layout.Find(tensorName) is not null;

    /// <summary>Adds the adapter's part of one tensor.</summary>
    /// <param name="weights">The dequantized weights, [output, input], row after row; changed in place.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="tensorName">The tensor's name in GGUF files.</param>
    /// <returns>False when the adapter does not change that tensor.</returns>
    /// <exception cref="EdgeBuildException">EDGE3002: the tensor has another size than the adapter was made for.</exception>
    public static unsafe bool MergeInto(Span<float> weights, LoraAdapter adapter, string tensorName)
    {
        if (adapter.Layout.Find(tensorName) is not { } slot)
        {
            return false;
        }

        int rows = slot.Part.OutputLength;
        int columns = slot.Part.InputLength;
        if (weights.Length != (long)rows * columns)
        {
            throw new EdgeBuildException(
                ErrorCodes.AdapterMismatch, $"The tensor '{tensorName}' has {weights.Length} values, the adapter was made for {rows} × {columns}. Use the base model that it was trained on.");
        }

        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor a = adapter.Parameters.narrow(0, slot.FirstA, slot.LengthA).view(slot.Rank, columns);
        Tensor b = adapter.Parameters.narrow(0, slot.FirstB, slot.LengthB).view(slot.Rank, rows);
        Tensor change = b.t().mm(a).mul_((float)adapter.ScaleOf(slot)).cpu();
        var values = new ReadOnlySpan<float>((void*)Matrix.AddressOf(change), weights.Length);
        for (int index = 0; index < values.Length; index++)
        {
            weights[index] += values[index];
        }

        return true;
    }
}
