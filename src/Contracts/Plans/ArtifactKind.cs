namespace EdgeBuild.Contracts.Plans;

/// <summary>What a plan makes.</summary>
public enum ArtifactKind
{
    /// <summary>One GGUF file with the adapter merged in.</summary>
    MergedModel,

    /// <summary>The base as one GGUF file, which adapters are loaded onto at run time.</summary>
    PlainModel,

    /// <summary>A LoRA file for a plain model.</summary>
    Adapter,
}
