namespace EdgeBuild.LlamaCpp;

/// <summary>How <see cref="ModelQuantizer"/> works.</summary>
public sealed record ModelQuantizationOptions
{
    /// <summary>Gets the number of threads; 0 for all processors.</summary>
    public int ThreadCount { get; init; }

    /// <summary>Gets a value indicating whether tensors that are quantized already may be quantized again, with a further loss.</summary>
    public bool AllowRequantize { get; init; }

    /// <summary>Gets a value indicating whether every tensor gets the one type, without llama.cpp's mix of larger types for sensitive tensors.</summary>
    public bool Pure { get; init; }
}
