using System.Numerics;

namespace EdgeBuild.LlamaCpp;

/// <summary>A label head: logits of labels from the hidden state before a value, <c>z = W h + b</c>.</summary>
/// <param name="Name">Its name, <c>prompt/output</c>.</param>
/// <param name="LabelCount">The number of labels.</param>
/// <param name="Values">W row by row, [labels, width], then b.</param>
public sealed record LabelHeadValues(string Name, int LabelCount, float[] Values)
{
    /// <summary>Gets the width of the hidden state.</summary>
    public int Width => (Values.Length / LabelCount) - 1;

    /// <summary>Computes the logit of a label.</summary>
    /// <param name="label">The label, from 0.</param>
    /// <param name="hiddenState">h.</param>
    /// <returns>The label's value of z.</returns>
    /// <exception cref="ArgumentException">h has another width.</exception>
    public float Logit(int label, ReadOnlySpan<float> hiddenState)
    {
        if (hiddenState.Length != Width)
        {
            throw new ArgumentException($"The head reads {Width} values, not {hiddenState.Length}.", nameof(hiddenState));
        }

        ReadOnlySpan<float> weights = Values.AsSpan(label * Width, Width);
        Vector<float> sums = Vector<float>.Zero;
        int index = 0;
        for (; index <= Width - Vector<float>.Count; index += Vector<float>.Count)
        {
            sums += new Vector<float>(weights[index..]) * new Vector<float>(hiddenState[index..]);
        }

        float sum = Vector.Sum(sums);
        for (; index < Width; index++)
        {
            sum += weights[index] * hiddenState[index];
        }

        return sum + Values[(LabelCount * Width) + label];
    }
}
