using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>Linear layers with the same input, their weights stacked so that one matrix product serves all.</summary>
/// <param name="ranges">The layers, or some of their outputs, in the order of their rows.</param>
/// <param name="weight">[sum of outputs, input].</param>
/// <param name="bias">[sum of outputs], or null.</param>
internal sealed class LinearGroup(IReadOnlyList<LinearRange> ranges, Tensor weight, Tensor? bias) : IDisposable
{
    /// <summary>Gets the layers, or some of their outputs, in the order of their rows.</summary>
    public IReadOnlyList<LinearRange> Ranges { get; } = ranges;

    /// <summary>Gets the stacked weights, [sum of outputs, input].</summary>
    public Tensor Weight { get; } = weight;

    /// <summary>Gets the transposed view of <see cref="Weight"/>.</summary>
    public Tensor WeightTransposed { get; } = weight.t();

    /// <summary>Gets the stacked biases, or null.</summary>
    public Tensor? Bias { get; } = bias;

    /// <summary>Gets the width of the input.</summary>
    public int InputLength => Ranges[0].Part.InputLength;

    /// <summary>Gets the width of all outputs.</summary>
    public int OutputLength { get; } = ranges.Sum(range => range.Length);

    /// <summary>A group of some of the outputs, on the same memory. Its tensors belong to the current dispose scope, as those of every group.</summary>
    /// <param name="start">The first output.</param>
    /// <param name="length">The number of outputs.</param>
    /// <returns>The group; it must be disposed of too.</returns>
    public LinearGroup Slice(int start, int length)
    {
        var ranges = new List<LinearRange>();
        int first = 0;
        foreach (LinearRange range in Ranges)
        {
            int from = Math.Max(start, first);
            int end = Math.Min(start + length, first + range.Length);
            if (from < end)
            {
                ranges.Add(new LinearRange(range.Part, range.Start + from - first, end - from));
            }

            first += range.Length;
        }

        return new LinearGroup(ranges, Weight.narrow(0, start, length), Bias?.narrow(0, start, length));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        WeightTransposed.Dispose();
        Weight.Dispose();
        Bias?.Dispose();
    }
}
