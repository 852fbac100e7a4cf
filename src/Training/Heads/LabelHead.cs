namespace EdgeBuild.Training;

/// <summary>
/// A linear layer that tells the labels of one output apart: from the hidden state <c>h</c> at the token before the value, one logit per label,
/// <c>z = W h + b</c>. It is trained together with the adapter and belongs to it.
/// </summary>
/// <param name="Name">Its name in files.</param>
/// <param name="LabelTokens">Tokens that say what every label means, in the order of the labels; they give W its start. Empty lists for a head that is read from a file.</param>
public sealed record LabelHead(string Name, IReadOnlyList<int[]> LabelTokens)
{
    /// <summary>Gets the number of labels.</summary>
    public int LabelCount => LabelTokens.Count;

    /// <summary>Gets the number of trained values.</summary>
    /// <param name="width">The width of the hidden state.</param>
    /// <returns>Those of W and of b.</returns>
    internal int Length(int width) => LabelCount * (width + 1);
}
