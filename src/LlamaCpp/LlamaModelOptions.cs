namespace EdgeBuild.LlamaCpp;

/// <summary>How a <see cref="LlamaModel"/> is loaded.</summary>
public sealed record LlamaModelOptions
{
    /// <summary>Gets a value indicating whether only the vocabulary is loaded, for tokenizing without weights.</summary>
    public bool VocabularyOnly { get; init; }

    /// <summary>Gets how the weights come into memory.</summary>
    public LlamaLoadMode LoadMode { get; init; } = LlamaLoadMode.Automatic;

    /// <summary>Gets a value indicating whether all weights are checked for invalid values; slow, for files met for the first time.</summary>
    public bool CheckTensors { get; init; }

    /// <summary>Gets a value indicating whether weights are rearranged for this processor: faster, costs a copy of a mapped file.</summary>
    public bool Repack { get; init; } = true;

    /// <summary>
    /// Gets the layers to put on a GPU; 0 for the CPU alone, whatever devices there are, negative for all. Where none of the
    /// <see cref="GpuBackends"/> has found a device the CPU computes.
    /// </summary>
    public int GpuLayerCount { get; init; }

    /// <summary>
    /// Gets a value indicating whether <see cref="GgufValidator"/> looks at the file first; false only for files whose SHA-256 was compared
    /// with one that EdgeBuild wrote.
    /// </summary>
    public bool Validate { get; init; } = true;

    /// <summary>Gets the receiver of the share that is loaded, 0 to 1.</summary>
    public IProgress<float>? Progress { get; init; }
}
