namespace EdgeBuild.Runtime;

/// <summary>A file that belongs to a model.</summary>
public sealed class EdgeManifestFile
{
    /// <summary>Gets the file's name, relative to the manifest.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the SHA-256 of the file, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Gets the size of the file in bytes.</summary>
    public required long Size { get; init; }
}
