using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>Linear layers with the same input, their weights stacked so that one matrix product serves all.</summary>
/// <param name="ranges">The layers, or some of their outputs, in the order of their rows.</param>
/// <param name="weight">[sum of outputs, input].</param>
/// <param name="bias">[sum of outputs], or null.</param>
internal sealed class LinearGroup(IReadOnlyList<LinearRange> ranges, Tensor weight, Tensor? bias) : IDisposable
{
    private readonly Tensor _weight = weight;
    private readonly Tensor _transposed = weight.t();
    private Tensor? _packedForward;
    private Tensor? _packedBackward;

    /// <summary>Gets the layers, or some of their outputs, in the order of their rows.</summary>
    public IReadOnlyList<LinearRange> Ranges { get; } = ranges;

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
        var parts = new List<LinearRange>();
        int first = 0;
        foreach (LinearRange range in Ranges)
        {
            int from = Math.Max(start, first);
            int end = Math.Min(start + length, first + range.Length);
            if (from < end)
            {
                parts.Add(new LinearRange(range.Part, range.Start + from - first, end - from));
            }

            first += range.Length;
        }

        return new LinearGroup(parts, _weight.narrow(0, start, length), bias?.narrow(0, start, length));
    }

    /// <summary>Packs the weights, see <see cref="PackedProducts"/>: for the backward direction beside them, for both directions in their place.</summary>
    /// <param name="rows">About how many rows inputs will have.</param>
    /// <param name="both">Whether for both directions.</param>
    public void Pack(int rows, bool both)
    {
        using Tensor transposed = _transposed.contiguous();
        _packedBackward = PackedProducts.Pack(transposed, rows);
        if (both)
        {
            _packedForward = PackedProducts.Pack(_weight, rows);
            _transposed.Dispose();
            _weight.Dispose();
        }
    }

    /// <summary>Computes x Wᵀ plus the bias.</summary>
    /// <param name="input">x, [rows, input].</param>
    /// <param name="output">Receives the result.</param>
    /// <returns>The result, [rows, sum of outputs].</returns>
    public Matrix Forward(Matrix input, MatrixBuffer output)
    {
        if (_packedForward is { } packed)
        {
            return AddBias(output.Replace(() => PackedProducts.Multiply(input.Tensor, packed)));
        }

        Matrix result = output.Take(input.Rows);
        Forward(input, result);
        return result;
    }

    /// <summary>As the other one, into a part of a matrix, from weights that are not packed in that direction.</summary>
    /// <param name="input">x, [rows, input].</param>
    /// <param name="output">Receives the result.</param>
    public void Forward(Matrix input, Matrix output)
    {
        output.Tensor.addmm_(input.Tensor, _transposed, 0, 1);
        AddBias(output);
    }

    /// <summary>Computes g W.</summary>
    /// <param name="gradient">g, [rows, sum of outputs].</param>
    /// <param name="output">Receives the result.</param>
    /// <returns>The result, [rows, input].</returns>
    public Matrix Backward(Matrix gradient, MatrixBuffer output)
    {
        if (_packedBackward is { } packed)
        {
            return output.Replace(() => PackedProducts.Multiply(gradient.Tensor, packed));
        }

        Matrix result = output.Take(gradient.Rows);
        result.Tensor.addmm_(gradient.Tensor, _weight, 0, 1);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _packedForward?.Dispose();
        _packedBackward?.Dispose();
        _transposed.Dispose();
        _weight.Dispose();
        bias?.Dispose();
    }

    private Matrix AddBias(Matrix output)
    {
        if (bias is not null)
        {
            output.Tensor.add_(bias);
        }

        return output;
    }
}
