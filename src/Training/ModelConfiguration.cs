namespace EdgeBuild.Training;

/// <summary>The sizes and constants of a base model, as its file gives them.</summary>
public sealed record ModelConfiguration
{
    /// <summary>Gets the value of <c>general.architecture</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Gets the number of blocks.</summary>
    public required int LayerCount { get; init; }

    /// <summary>Gets the width of the residual stream.</summary>
    public required int EmbeddingLength { get; init; }

    /// <summary>Gets the width of the feed-forward part.</summary>
    public required int FeedForwardLength { get; init; }

    /// <summary>Gets the number of query heads.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Gets the number of key and value heads.</summary>
    public required int KeyValueHeadCount { get; init; }

    /// <summary>Gets the width of a head.</summary>
    public required int HeadLength { get; init; }

    /// <summary>Gets the number of tokens of the vocabulary.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Gets the number of tokens that the model was made for.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Gets ε of the RMS norms.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>Gets the base of the rotary angles.</summary>
    public required double RopeBase { get; init; }

    /// <summary>Gets the number of values of a head that are rotated.</summary>
    public required int RopeDimensionCount { get; init; }

    /// <summary>Gets the factor of positions, 1 / <c>rope.scaling.factor</c>.</summary>
    public required double RopeScale { get; init; }

    /// <summary>Gets the factor of scores, normally 1 / √(head length).</summary>
    public required float AttentionScale { get; init; }

    /// <summary>Gets the factor of embeddings.</summary>
    public float EmbeddingScale { get; init; } = 1;

    /// <summary>Gets the factor of rotated values, <c>rope.scaling.attn_factor</c>.</summary>
    public double RopeAttentionFactor { get; init; } = 1;

    /// <summary>Gets the base of the rotary angles in blocks that see a window only.</summary>
    public double LocalRopeBase { get; init; }

    /// <summary>Gets for each block how many tokens it sees, itself included, or 0 for all; empty when all blocks see all tokens.</summary>
    public IReadOnlyList<int> Windows { get; init; } = [];

    /// <summary>Gets a value indicating whether the head uses the embedding matrix.</summary>
    public required bool TiedHead { get; init; }

    /// <summary>Gets the width of all query heads.</summary>
    public int QueryLength => HeadCount * HeadLength;

    /// <summary>Gets the width of all key heads, which is that of all value heads.</summary>
    public int KeyLength => KeyValueHeadCount * HeadLength;

    /// <summary>Gets the number of weights of all linear layers; embedding and head are none.</summary>
    public double LinearParameterCount => Enumerable.Range(0, LayerCount)
        .Sum(layer => ArchitectureDescription.Of(this).Groups(this, layer).SelectMany(parts => parts).Sum(part => (double)part.InputLength * part.OutputLength));

    /// <summary>How many tokens a block sees.</summary>
    /// <param name="layer">The block, from 0.</param>
    /// <returns>The number, the token itself included, or null for all.</returns>
    public int? WindowOf(int layer) => Windows.Count > 0 && Windows[layer] > 0 ? Windows[layer] : null;
}
