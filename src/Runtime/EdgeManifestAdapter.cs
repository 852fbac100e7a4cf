namespace EdgeBuild.Runtime;

/// <summary>An adapter (<c>EdgeAdapter</c> item) that calls may choose in place of the plain model.</summary>
public sealed class EdgeManifestAdapter
{
    /// <summary>Gets the name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the adapter's file, <c>&lt;Adapter&gt;.lora.gguf</c> beside the manifest.</summary>
    public required EdgeManifestFile File { get; init; }

    /// <summary>Gets the SHA-256 of the model file that the adapter was trained on, 64 lower-case hexadecimal digits.</summary>
    public required string ModelSha256 { get; init; }

    /// <summary>Gets the prompts that the adapter was trained to answer; empty for all of the model's.</summary>
    public IReadOnlyList<EdgeManifestPrompt> Prompts
    {
        // A member that the file lacks is null here: the serializer sets every init property.
        get => field ?? [];
        init;
    }

    /// <summary>Gets how good it was on its own test rows.</summary>
    public IReadOnlyList<EdgeManifestMetric> Metrics
    {
        // A member that the file lacks is null here: the serializer sets every init property.
        get => field ?? [];
        init;
    }

    /// <summary>Gets where it comes from: keys, recipe, parent, by name.</summary>
    public IReadOnlyDictionary<string, string> Provenance
    {
        // A member that the file lacks is null here: the serializer sets every init property.
        get => field ?? new Dictionary<string, string>();
        init;
    }
}
