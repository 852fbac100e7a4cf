namespace EdgeBuild.Training;

/// <summary>Qwen 2 and 2.5: q, k and v have biases, which are read wherever a file has them.</summary>
internal sealed class Qwen2Architecture : ArchitectureDescription
{
    /// <inheritdoc/>
    public override string Name => "qwen2";
}
