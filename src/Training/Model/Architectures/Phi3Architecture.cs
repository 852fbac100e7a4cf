using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training;

/// <summary>
/// Phi-3, Phi-3.5 and Phi-4 mini: q, k and v are one matrix, gate and up are another; a part of each head is rotated, with frequencies divided by
/// the factors of <see cref="LongRope"/> and results scaled by <c>attn_factor</c>. llama.cpp ignores the sliding window of these models.
/// </summary>
internal sealed class Phi3Architecture : ArchitectureDescription
{
    /// <inheritdoc/>
    public override string Name => "phi3";

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<LinearPart>> Groups(ModelConfiguration configuration, int layer)
    {
        int width = configuration.EmbeddingLength;
        int inner = configuration.FeedForwardLength;
        return
        [
            [Part(layer, "attn_qkv", "self_attn.qkv_proj", width, configuration.QueryLength + (2 * configuration.KeyLength))],
            [Part(layer, "attn_output", "self_attn.o_proj", configuration.QueryLength, width)],
            [Part(layer, "ffn_up", "mlp.gate_up_proj", width, 2 * inner)],
            [Part(layer, "ffn_down", "mlp.down_proj", inner, width)],
        ];
    }

    /// <inheritdoc/>
    public override GgufTensor? RotaryFactors(GgufFile file) => LongRope.Factors(file);

    /// <inheritdoc/>
    protected override ModelConfiguration Complete(ModelMetadata metadata, ModelConfiguration configuration) => configuration with
    {
        RopeAttentionFactor = metadata.Number("rope.scaling.attn_factor") ?? 1,
        ContextLength = Math.Min(configuration.ContextLength, LongRope.ContextLimit(metadata.File) ?? int.MaxValue),
    };

    /// <inheritdoc/>
    protected override bool KnowsRopeScaling(string type) => type == "longrope";
}
