namespace EdgeBuild.Runtime;

/// <summary>
/// Tells inputs that are unlike those that the model was trained for: their hidden state before the value points in another direction than
/// the mean of every label.
/// </summary>
public sealed class EdgeManifestFamiliarity
{
    /// <summary>Gets the smallest cosine with the nearest mean that still is familiar.</summary>
    public required double Lowest { get; init; }

    /// <summary>Gets the number of values of each mean.</summary>
    public required int Width { get; init; }

    /// <summary>Gets the mean directions of the labels, one after another, as 16-bit floats in little-endian order.</summary>
    public required byte[] Means { get; init; }

    /// <summary>Makes the list of means.</summary>
    /// <param name="means">The mean of each label, all of the same width.</param>
    /// <returns>The value of <see cref="Means"/>.</returns>
    public static byte[] Encode(IReadOnlyList<float[]> means)
    {
        var bytes = new List<byte>();
        foreach (float value in means.SelectMany(mean => mean))
        {
            bytes.AddRange(BitConverter.GetBytes((Half)value));
        }

        return [.. bytes];
    }
}
