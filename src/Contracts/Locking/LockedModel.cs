namespace EdgeBuild.Contracts.Locking;

/// <summary>What the lock file says of one model: enough to tell whether an artifact is the reviewed one.</summary>
public sealed record LockedModel
{
    /// <summary>Gets the key of the quantized model.</summary>
    public required string ModelKey { get; init; }

    /// <summary>Gets the key of the adapter that was merged; empty for a model whose adapters are loaded at run time.</summary>
    public required string AdapterKey { get; init; }

    /// <summary>Gets the SHA-256 of the GGUF file that ships.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Gets the quantization as it was asked for.</summary>
    public required string Quantization { get; init; }

    /// <summary>Gets the name of the base.</summary>
    public required string Base { get; init; }

    /// <summary>Gets the SHA-256 of the base.</summary>
    public required string BaseSha256 { get; init; }

    /// <summary>Gets where the base was fetched from; empty for a file of the project.</summary>
    public string BaseSource { get; init; } = string.Empty;

    /// <summary>Gets the licence of the base, an SPDX expression.</summary>
    public required string License { get; init; }
}
