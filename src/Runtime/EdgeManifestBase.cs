namespace EdgeBuild.Runtime;

/// <summary>The base model that a model was trained from.</summary>
public sealed class EdgeManifestBase
{
    /// <summary>Gets the name of the base model.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the SHA-256 of the base model's file, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Gets the licence of the base model, an SPDX identifier where there is one.</summary>
    public string? License { get; init; }

    /// <summary>Gets the source that the base model was acquired from, without machine paths.</summary>
    public string? Source { get; init; }
}
