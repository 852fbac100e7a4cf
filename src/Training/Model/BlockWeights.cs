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

    /// <summary>Gets q alone in the last block, where few rows ask; null in others.</summary>
    public LinearGroup? QueryOnly { get; init; }

    /// <summary>Gets k and v alone in the last block; null in others.</summary>
    public LinearGroup? KeyAndValueOnly { get; init; }

    /// <summary>Gets the output of attention.</summary>
    public required LinearGroup AttentionOutput { get; init; }

    /// <summary>Gets gate and up.</summary>
    public required LinearGroup FeedForwardInput { get; init; }

    /// <summary>Gets down.</summary>
    public required LinearGroup FeedForwardOutput { get; init; }

    /// <summary>Gets the groups in the order of <see cref="ArchitectureDescription.Groups"/>.</summary>
    public IEnumerable<LinearGroup> Groups => [AttentionInput, AttentionOutput, FeedForwardInput, FeedForwardOutput];

    /// <summary>
    /// Packs the matrices; those of the last block's attention input stay as they are, since it uses parts of them. A packed product goes to new memory.
    /// That is of no matter where one buffer serves all blocks, but buffers that each block keeps for its backward step would fragment the heap: what
    /// writes to them keeps its plain weights for the forward direction.
    /// </summary>
    /// <param name="rows">About how many rows inputs will have.</param>
    public void Pack(int rows)
    {
        if (QueryOnly is null)
        {
            AttentionInput.Pack(rows, both: false);
        }

        FeedForwardInput.Pack(rows, both: false);
        AttentionOutput.Pack(rows, both: AttentionBranchNorm is null);
        FeedForwardOutput.Pack(rows, both: FeedForwardBranchNorm is null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        QueryOnly?.Dispose();
        KeyAndValueOnly?.Dispose();
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
