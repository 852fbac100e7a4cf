namespace EdgeBuild.Training;

/// <summary>How a run keeps within the memory of its machine.</summary>
/// <param name="TokensPerPass">The most tokens of a micro-batch; a longer row is one of its own. Another number rounds sums differently.</param>
/// <param name="RecomputesActivations">Whether blocks keep only their input and are computed again backward. The results are the same, bit by bit.</param>
/// <param name="KeepsBaseQuantized">See <see cref="BaseModelOptions.KeepQuantized"/>. The results are the same, bit by bit.</param>
public sealed record MemoryPlan(int TokensPerPass, bool RecomputesActivations = false, bool KeepsBaseQuantized = false)
{
    internal const int LeastTokens = 256;
    private const int MostTokens = 8192;
    private const long ActivationMemory = 4L << 30;

    /// <summary>The plan when memory is no matter: few micro-batches, since every one reads all weights.</summary>
    /// <param name="configuration">The model.</param>
    /// <param name="computeType">The compute type.</param>
    /// <returns>The plan. It depends on nothing but the model, so that equal machines compute equal sums.</returns>
    public static MemoryPlan Default(ModelConfiguration configuration, ComputeType computeType)
    {
        int size = computeType == ComputeType.BFloat16 ? sizeof(ushort) : sizeof(float);
        long inComputeType = (2L * configuration.EmbeddingLength) + (2L * configuration.QueryLength) + (2L * configuration.KeyLength) + (3L * configuration.FeedForwardLength);
        long perToken = configuration.LayerCount * ((inComputeType * size) + (2L * configuration.EmbeddingLength * sizeof(float)));
        return new MemoryPlan((int)Math.Clamp(ActivationMemory / perToken, LeastTokens, MostTokens));
    }

    /// <summary>Says what the plan does beyond the plain way, for example <c>micro-batches of 512 tokens, activations recomputed</c>.</summary>
    /// <param name="plain">The plain way.</param>
    /// <returns>The measures, or an empty text.</returns>
    public string Describe(MemoryPlan plain)
    {
        string[] measures =
        [
            TokensPerPass < plain.TokensPerPass ? FormattableString.Invariant($"micro-batches of {TokensPerPass} tokens") : string.Empty,
            RecomputesActivations ? "activations computed again" : string.Empty,
            KeepsBaseQuantized ? "base kept quantized" : string.Empty,
        ];
        return string.Join(", ", measures.Where(measure => measure.Length > 0));
    }
}
