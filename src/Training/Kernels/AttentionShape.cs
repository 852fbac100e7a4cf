namespace EdgeBuild.Training;

/// <summary>The heads of an attention.</summary>
/// <param name="HeadCount">Query heads.</param>
/// <param name="KeyValueHeadCount">Key and value heads; each serves <see cref="GroupLength"/> query heads.</param>
/// <param name="HeadLength">The width of a head.</param>
/// <param name="Scale">The factor of scores.</param>
/// <param name="Window">How many keys a query sees at most, its own included; null for all before it.</param>
internal readonly record struct AttentionShape(int HeadCount, int KeyValueHeadCount, int HeadLength, float Scale, int? Window = null)
{
    /// <summary>Gets the query heads that share a key head.</summary>
    public int GroupLength => HeadCount / KeyValueHeadCount;
}
