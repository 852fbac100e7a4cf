namespace EdgeBuild.Training;

/// <summary>The weights of one block. Norms are 32-bit, matrices in the compute type.</summary>
internal sealed class BlockWeights : IDisposable
{
    /// <summary>Gets the norm before attention, [1, width].</summary>
    public required Matrix AttentionNorm { get; init; }

    /// <summary>Gets the norm before the feed-forward part, [1, width].</summary>
    public required Matrix FeedForwardNorm { get; init; }

    /// <summary>Gets the norm of each head of q, [1, head length], or null.</summary>
    public Matrix? QueryNorm { get; init; }

    /// <summary>Gets the norm of each head of k, [1, head length], or null.</summary>
    public Matrix? KeyNorm { get; init; }

    /// <summary>Gets the norm of the result of attention, [1, width], or null.</summary>
    public Matrix? AttentionBranchNorm { get; init; }

    /// <summary>Gets the norm of the result of the feed-forward part, [1, width], or null.</summary>
    public Matrix? FeedForwardBranchNorm { get; init; }

    /// <summary>Gets q, k and v.</summary>
    public required LinearGroup AttentionInput { get; init; }

    /// <summary>Gets q alone, for the last block, where few rows ask.</summary>
    public required LinearGroup QueryOnly { get; init; }

    /// <summary>Gets k and v alone.</summary>
    public required LinearGroup KeyAndValueOnly { get; init; }

    /// <summary>Gets the output of attention.</summary>
    public required LinearGroup AttentionOutput { get; init; }

    /// <summary>Gets gate and up.</summary>
    public required LinearGroup FeedForwardInput { get; init; }

    /// <summary>Gets down.</summary>
    public required LinearGroup FeedForwardOutput { get; init; }

    /// <summary>Gets the groups in the order of <see cref="ArchitectureDescription.Groups"/>.</summary>
    public IEnumerable<LinearGroup> Groups => [AttentionInput, AttentionOutput, FeedForwardInput, FeedForwardOutput];

    /// <inheritdoc/>
    public void Dispose()
    {
        QueryOnly.Dispose();
        KeyAndValueOnly.Dispose();
        foreach (Matrix? norm in (Matrix?[])[AttentionNorm, FeedForwardNorm, QueryNorm, KeyNorm, AttentionBranchNorm, FeedForwardBranchNorm])
        {
            norm?.Tensor.Dispose();
        }

        foreach (LinearGroup group in Groups)
        {
            group.Dispose();
        }
    }
}
