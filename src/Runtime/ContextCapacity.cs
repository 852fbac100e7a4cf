namespace EdgeBuild.Runtime;

/// <summary>How large an inference context has to be.</summary>
/// <param name="PrefixTokens">Tokens of the longest prefix.</param>
/// <param name="CallTokens">Tokens of the longest call beside its prefix, forks of labels included.</param>
/// <param name="BatchTokens">Tokens of the largest batch.</param>
/// <param name="Sequences">Sequences of a prefix and one call, forks of labels included.</param>
/// <param name="Outputs">Largest number of positions of a batch whose logits are read.</param>
/// <param name="HiddenStates">Whether hidden states are read, as label heads do.</param>
internal readonly record struct ContextCapacity(
    int PrefixTokens, int CallTokens, int BatchTokens, int Sequences, int Outputs, bool HiddenStates = false)
{
    /// <summary>Gets the number of tokens that are held at the same time.</summary>
    public int Tokens => PrefixTokens + CallTokens;

    /// <summary>Adds the needs of another prompt; calls run one after another, so that nothing adds up.</summary>
    /// <param name="other">The other prompt.</param>
    /// <returns>A capacity for both.</returns>
    public ContextCapacity Including(ContextCapacity other) => new(
        Math.Max(PrefixTokens, other.PrefixTokens),
        Math.Max(CallTokens, other.CallTokens),
        Math.Max(BatchTokens, other.BatchTokens),
        Math.Max(Sequences, other.Sequences),
        Math.Max(Outputs, other.Outputs),
        HiddenStates || other.HiddenStates);

    /// <summary>Tells whether a context of this capacity can serve another's needs.</summary>
    /// <param name="other">The needs.</param>
    /// <returns>True when nothing of them is larger.</returns>
    public bool Covers(ContextCapacity other) =>
        Tokens >= other.Tokens
        && BatchTokens >= other.BatchTokens
        && Sequences >= other.Sequences
        && Outputs >= other.Outputs
        && (HiddenStates || !other.HiddenStates);
}
