using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>Linear layers with the same input, their weights stacked so that one matrix product serves all.</summary>
/// <param name="parts">The layers in the order of their rows.</param>
/// <param name="weight">[sum of outputs, input].</param>
/// <param name="bias">[sum of outputs], or null.</param>
internal sealed class LinearGroup(IReadOnlyList<LinearPart> parts, Tensor weight, Tensor? bias) : IDisposable
{
    /// <summary>Gets the layers in the order of their rows.</summary>
    public IReadOnlyList<LinearPart> Parts { get; } = parts;

    /// <summary>Gets the stacked weights, [sum of outputs, input].</summary>
    public Tensor Weight { get; } = weight;

    /// <summary>Gets the transposed view of <see cref="Weight"/>.</summary>
    public Tensor WeightTransposed { get; } = weight.t();

    /// <summary>Gets the stacked biases, or null.</summary>
    public Tensor? Bias { get; } = bias;

    /// <summary>Gets the width of the input.</summary>
    public int InputLength => Parts[0].InputLength;

    /// <summary>Gets the width of all outputs.</summary>
    public int OutputLength { get; } = parts.Sum(part => part.OutputLength);

    /// <summary>A group of some of the layers, on the same memory. Its tensors belong to the current dispose scope, as those of every group.</summary>
    /// <param name="first">The first layer.</param>
    /// <param name="count">The number of layers.</param>
    /// <returns>The group; it must be disposed of too.</returns>
    public LinearGroup Slice(int first, int count)
    {
        int start = Parts.Take(first).Sum(part => part.OutputLength);
        LinearPart[] parts = [.. Parts.Skip(first).Take(count)];
        int length = parts.Sum(part => part.OutputLength);
        return new LinearGroup(parts, Weight.narrow(0, start, length), Bias?.narrow(0, start, length));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        WeightTransposed.Dispose();
        Weight.Dispose();
        Bias?.Dispose();
    }
}
