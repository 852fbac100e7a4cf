namespace EdgeBuild.LlamaCpp;

/// <summary>A label head: logits of labels from the hidden state before a value, <c>z = W h + b</c>.</summary>
/// <param name="Name">Its name, <c>prompt/output</c>.</param>
/// <param name="LabelCount">The number of labels.</param>
/// <param name="Values">W row by row, [labels, width], then b.</param>
public sealed record LabelHeadValues(string Name, int LabelCount, float[] Values)
{
    /// <summary>Gets the width of the hidden state.</summary>
    public int Width => (Values.Length / LabelCount) - 1;

    /// <summary>Gets the row of W that belongs to a label.</summary>
    /// <param name="label">The label, from 0.</param>
    /// <returns>One value for each of the hidden state's.</returns>
    public ReadOnlySpan<float> Weights(int label) => Values.AsSpan(label * Width, Width);

    /// <summary>Gets the value of b that belongs to a label.</summary>
    /// <param name="label">The label, from 0.</param>
    /// <returns>The bias.</returns>
    public float Bias(int label) => Values[(LabelCount * Width) + label];
}
