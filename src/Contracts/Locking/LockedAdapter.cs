namespace EdgeBuild.Contracts.Locking;

/// <summary>What the lock file says of one adapter.</summary>
public sealed record LockedAdapter
{
    /// <summary>Gets the name of the model that it is loaded onto.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the key of the adapter's cache entry.</summary>
    public required string ModelKey { get; init; }

    /// <summary>Gets the key of the training.</summary>
    public required string AdapterKey { get; init; }

    /// <summary>Gets the SHA-256 of the LoRA file.</summary>
    public required string Sha256 { get; init; }
}
