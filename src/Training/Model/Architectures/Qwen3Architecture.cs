namespace EdgeBuild.Training;

/// <summary>Qwen 3: every head of q and k is normalized before its rotation, and heads together are wider than the residual stream.</summary>
internal sealed class Qwen3Architecture : ArchitectureDescription
{
    /// <inheritdoc/>
    public override string Name => "qwen3";

    /// <inheritdoc/>
    public override bool NormalizesHeads => true;
}
