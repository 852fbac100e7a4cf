namespace EdgeBuild.Training;

/// <summary>How a base model is held in memory.</summary>
public sealed record BaseModelOptions
{
    /// <summary>Gets the number format, or <see cref="ComputeType.Auto"/> for the faster one on this machine.</summary>
    public ComputeType ComputeType { get; init; } = ComputeType.Auto;

    /// <summary>Gets where the model shall lie.</summary>
    public TrainingDevice Device { get; init; } = TrainingDevice.Auto;

    /// <summary>
    /// Gets a value indicating whether the matrices of blocks stay as the file stores them and are converted each time that a block is used:
    /// less memory, more time, the same results. Embeddings and head are always converted once.
    /// </summary>
    public bool KeepQuantized { get; init; }

    /// <summary>Gets what a probe of this machine measured for this model, or null to measure when it is needed.</summary>
    public ComputeProbe? Probe { get; init; }
}
