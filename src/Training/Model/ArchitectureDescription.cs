using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training;

/// <summary>
/// What distinguishes an architecture that the trainer knows, as llama.cpp runs it. The maths of a block is common: two RMS norms, attention with
/// grouped heads and rotary positions, and a gated feed-forward part. To add an architecture, add a line to <see cref="Known"/>.
/// </summary>
/// <param name="Name">The value of <c>general.architecture</c>.</param>
/// <param name="RopeLayout">Which values a rotation pairs.</param>
/// <param name="Activation">The function of the gate.</param>
/// <param name="PermutesQueryAndKey">Whether the rows of q and k stand in another order than in Hugging Face files.</param>
internal sealed record ArchitectureDescription(string Name, RopeLayout RopeLayout, GateActivation Activation, bool PermutesQueryAndKey)
{
    /// <summary>The suffix of matrices and norms.</summary>
    public const string Weight = ".weight";

    /// <summary>Gets the architectures that can be trained.</summary>
    public static IReadOnlyList<ArchitectureDescription> Known { get; } =
    [
        new("llama", RopeLayout.AdjacentPairs, GateActivation.Silu, PermutesQueryAndKey: true),
    ];

    /// <summary>Finds the description of a model.</summary>
    /// <param name="file">The model.</param>
    /// <returns>The description.</returns>
    /// <exception cref="EdgeBuildException">EDGE4002: it is not known.</exception>
    public static ArchitectureDescription Of(GgufFile file) =>
        Known.FirstOrDefault(architecture => architecture.Name == file.Architecture) ?? throw new EdgeBuildException(
            ErrorCodes.UnsupportedArchitecture,
            $"The architecture '{file.Architecture}' cannot be trained. Supported: {string.Join(", ", Known.Select(known => known.Name))}. Choose a base model of one of these.",
            file.Path);

    /// <summary>Reads sizes and constants from a model's metadata.</summary>
    /// <param name="file">The model.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="EdgeBuildException">EDGE4002: something is missing or not supported.</exception>
    public ModelConfiguration ReadConfiguration(GgufFile file)
    {
        int embedding = Integer("embedding_length");
        int heads = Integer("attention.head_count");
        int headLength = OptionalInteger("attention.key_length") ?? embedding / heads;
        if ((OptionalInteger("attention.value_length") ?? headLength) != headLength)
        {
            throw Unsupported("its value heads are not as wide as its key heads");
        }

        if (OptionalInteger("expert_count") is > 0)
        {
            throw Unsupported("it is a mixture of experts");
        }

        string? scaling = file.GetString($"{Name}.rope.scaling.type");
        if (scaling is not (null or "none" or "linear"))
        {
            throw Unsupported($"its rope scaling type is '{scaling}'");
        }

        double scalingFactor = Number("rope.scaling.factor") ?? 0;
        double attentionScale = Number("attention.scale") ?? 0;
        return new ModelConfiguration
        {
            Architecture = Name,
            LayerCount = Integer("block_count"),
            EmbeddingLength = embedding,
            FeedForwardLength = Integer("feed_forward_length"),
            HeadCount = heads,
            KeyValueHeadCount = OptionalInteger("attention.head_count_kv") ?? heads,
            HeadLength = headLength,
            VocabularySize = checked((int)RequiredTensor(file, "token_embd" + Weight).RowCount),
            ContextLength = Integer("context_length"),
            NormEpsilon = (float)(Number("attention.layer_norm_rms_epsilon") ?? throw Missing("attention.layer_norm_rms_epsilon")),
            RopeBase = Number("rope.freq_base") ?? 10000,
            RopeDimensionCount = OptionalInteger("rope.dimension_count") ?? headLength,
            RopeScale = scalingFactor == 0 ? 1 : 1 / scalingFactor,
            AttentionScale = attentionScale == 0 ? (float)(1 / Math.Sqrt(headLength)) : (float)attentionScale,
            TiedHead = file.FindTensor("output" + Weight) is null,
        };

        int Integer(string key) => OptionalInteger(key) ?? throw Missing(key);
        int? OptionalInteger(string key) => file.GetInteger($"{Name}.{key}") is { } value ? checked((int)value) : null;
        double? Number(string key) => file.GetNumber($"{Name}.{key}");
        EdgeBuildException Missing(string key) => Unsupported($"the key '{Name}.{key}' is missing");
        EdgeBuildException Unsupported(string reason) => new(
            ErrorCodes.UnsupportedArchitecture, $"The model cannot be trained: {reason}. Choose another base model or conversion.", file.Path);
    }

    /// <summary>Gets the linear layers of a block in groups that share their input.</summary>
    /// <param name="configuration">The sizes.</param>
    /// <param name="layer">The block, from 0.</param>
    /// <returns>Attention input, attention output, feed-forward input, feed-forward output.</returns>
    public static IReadOnlyList<IReadOnlyList<LinearPart>> Groups(ModelConfiguration configuration, int layer)
    {
        int width = configuration.EmbeddingLength;
        int inner = configuration.FeedForwardLength;
        return
        [
            [
                Part("attn_q", "self_attn.q_proj", width, configuration.QueryLength, configuration.HeadCount),
                Part("attn_k", "self_attn.k_proj", width, configuration.KeyLength, configuration.KeyValueHeadCount),
                Part("attn_v", "self_attn.v_proj", width, configuration.KeyLength, 0),
            ],
            [Part("attn_output", "self_attn.o_proj", configuration.QueryLength, width, 0)],
            [Part("ffn_gate", "mlp.gate_proj", width, inner, 0), Part("ffn_up", "mlp.up_proj", width, inner, 0)],
            [Part("ffn_down", "mlp.down_proj", inner, width, 0)],
        ];

        LinearPart Part(string name, string module, int input, int output, int permutedHeads) =>
            new($"blk.{layer}.{name}{Weight}", $"model.layers.{layer}.{module}", input, output, permutedHeads);
    }

    /// <summary>Gets a tensor that the architecture needs.</summary>
    /// <param name="file">The model.</param>
    /// <param name="name">The tensor.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="EdgeBuildException">EDGE4002: it is missing.</exception>
    public static GgufTensor RequiredTensor(GgufFile file, string name) => file.FindTensor(name) ?? throw new EdgeBuildException(
        ErrorCodes.UnsupportedArchitecture,
        $"The model has no tensor '{name}', which training needs. Use a complete model file, converted without fused weights; supported architectures: {string.Join(", ", Known.Select(known => known.Name))}.",
        file.Path);
}
