namespace EdgeBuild.Contracts.Bases;

/// <summary>Where a base model comes from.</summary>
public enum BaseSourceKind
{
    /// <summary>A GGUF file of a repository on the Hugging Face Hub, or on a server that speaks its protocol.</summary>
    Hub,

    /// <summary>A GGUF file in a NuGet package.</summary>
    Package,
}
