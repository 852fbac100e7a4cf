namespace EdgeBuild.Runtime;

/// <summary>A prompt that a model was trained to answer.</summary>
public sealed class EdgeManifestPrompt
{
    /// <summary>Gets the name of the prompt.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the hash of the compiled prompt, 64 lower-case hexadecimal digits.</summary>
    public required string Hash { get; init; }

    /// <summary>Gets the labels of each labelled output, by output name, in the order in which they were trained.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Labels
    {
        // A member that the file lacks is null here: the serializer sets every init property.
        get => field ?? new Dictionary<string, IReadOnlyList<string>>();
        init;
    }

    /// <summary>
    /// Gets the calibration of each labelled output, by output name: the temperature that the labels' log-probabilities are
    /// divided by before the softmax. An output that is not listed has temperature 1.
    /// </summary>
    public IReadOnlyDictionary<string, double> Temperatures
    {
        // A member that the file lacks is null here: the serializer sets every init property.
        get => field ?? new Dictionary<string, double>();
        init;
    }

    /// <summary>Gets what the build has measured of the probabilities of each labelled output, by output name.</summary>
    public IReadOnlyDictionary<string, EdgeManifestConfidence> Confidence
    {
        // A member that the file lacks is null here: the serializer sets every init property.
        get => field ?? new Dictionary<string, EdgeManifestConfidence>();
        init;
    }
}
