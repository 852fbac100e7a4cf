using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training;

/// <summary>
/// What distinguishes an architecture that the trainer knows, as llama.cpp runs it. The maths of a block is common: RMS norms, attention with
/// grouped heads and rotary positions, and a gated feed-forward part. To add an architecture, derive a class in the folder Architectures that
/// overrides what differs, and name it in <see cref="Known"/>.
/// </summary>
internal abstract class ArchitectureDescription
{
    /// <summary>The suffix of matrices and norms.</summary>
    public const string Weight = ".weight";

    /// <summary>Gets the architectures that can be trained.</summary>
    public static IReadOnlyList<ArchitectureDescription> Known { get; } =
        [new LlamaArchitecture(), new Qwen2Architecture(), new Qwen3Architecture(), new Gemma3Architecture(), new Phi3Architecture()];

    /// <summary>Gets the value of <c>general.architecture</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Gets which values a rotation pairs.</summary>
    public virtual RopeLayout RopeLayout => RopeLayout.HalfPairs;

    /// <summary>Gets the function of the gate.</summary>
    public virtual GateActivation Activation => GateActivation.Silu;

    /// <summary>Gets a value indicating whether the rows of q and k stand in another order than in Hugging Face files.</summary>
    public virtual bool PermutesQueryAndKey => false;

    /// <summary>Gets a value indicating whether every head of q and k is normalized before its rotation.</summary>
    public virtual bool NormalizesHeads => false;

    /// <summary>Gets a value indicating whether the results of attention and feed-forward part are normalized before they are added to the residual stream.</summary>
    public virtual bool NormalizesBranches => false;

    /// <summary>Finds the description of a model.</summary>
    /// <param name="file">The model.</param>
    /// <returns>The description.</returns>
    /// <exception cref="EdgeBuildException">EDGE4002: it is not known.</exception>
    public static ArchitectureDescription Of(GgufFile file) =>
        Known.FirstOrDefault(architecture => architecture.Name == file.Architecture) ?? throw new EdgeBuildException(
            ErrorCodes.UnsupportedArchitecture,
            $"The architecture '{file.Architecture}' cannot be trained. Supported: {KnownNames}. Choose a base model of one of these.",
            file.Path);

    /// <summary>Gets the description that a configuration was read with.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <returns>The description.</returns>
    public static ArchitectureDescription Of(ModelConfiguration configuration) => Known.First(architecture => architecture.Name == configuration.Architecture);

    /// <summary>Gets a tensor that the architecture needs.</summary>
    /// <param name="file">The model.</param>
    /// <param name="name">The tensor.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="EdgeBuildException">EDGE4002: it is missing.</exception>
    public static GgufTensor RequiredTensor(GgufFile file, string name) => file.FindTensor(name) ?? throw new EdgeBuildException(
        ErrorCodes.UnsupportedArchitecture,
        $"The model has no tensor '{name}', which training a model of the architecture '{file.Architecture}' needs{FusedHint(file, name)}. Use a complete model file; supported architectures: {KnownNames}.",
        file.Path);

    /// <summary>Reads sizes and constants from a model's metadata.</summary>
    /// <param name="file">The model.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="EdgeBuildException">EDGE4002: something is missing or not supported.</exception>
    public ModelConfiguration ReadConfiguration(GgufFile file)
    {
        var metadata = new ModelMetadata(file);
        int embedding = metadata.Integer("embedding_length");
        int heads = metadata.Integer("attention.head_count");
        int headLength = metadata.OptionalInteger("attention.key_length") ?? embedding / heads;
        if ((metadata.OptionalInteger("attention.value_length") ?? headLength) != headLength)
        {
            throw metadata.Unsupported("its value heads are not as wide as its key heads");
        }

        if (metadata.OptionalInteger("expert_count") is > 0)
        {
            throw metadata.Unsupported("it is a mixture of experts");
        }

        if (metadata.Number("final_logit_softcapping") is { } cap && cap != 0)
        {
            throw metadata.Unsupported("it limits its logits by a soft cap");
        }

        return Complete(metadata, new ModelConfiguration
        {
            Architecture = Name,
            LayerCount = metadata.Integer("block_count"),
            EmbeddingLength = embedding,
            FeedForwardLength = metadata.Integer("feed_forward_length"),
            HeadCount = heads,
            KeyValueHeadCount = metadata.OptionalInteger("attention.head_count_kv") ?? heads,
            HeadLength = headLength,
            VocabularySize = checked((int)RequiredTensor(file, "token_embd" + Weight).RowCount),
            ContextLength = metadata.Integer("context_length"),
            NormEpsilon = (float)(metadata.Number("attention.layer_norm_rms_epsilon") ?? throw metadata.Missing("attention.layer_norm_rms_epsilon")),
            RopeBase = metadata.Number("rope.freq_base") ?? 10000,
            RopeDimensionCount = metadata.OptionalInteger("rope.dimension_count") ?? headLength,
            RopeScale = RopeScale(metadata),

            // llama.cpp reads the key attention.scale for none of these architectures.
            AttentionScale = (float)(1 / Math.Sqrt(headLength)),
            TiedHead = file.FindTensor("output" + Weight) is null,
        });
    }

    /// <summary>Gets the linear layers of a block in groups that share their input.</summary>
    /// <param name="configuration">The sizes.</param>
    /// <param name="layer">The block, from 0.</param>
    /// <returns>Attention input (q, k, v), attention output, feed-forward input (gate, up), feed-forward output.</returns>
    public virtual IReadOnlyList<IReadOnlyList<LinearPart>> Groups(ModelConfiguration configuration, int layer)
    {
        int width = configuration.EmbeddingLength;
        int inner = configuration.FeedForwardLength;
        return
        [
            [
                Part(layer, "attn_q", "self_attn.q_proj", width, configuration.QueryLength, configuration.HeadCount),
                Part(layer, "attn_k", "self_attn.k_proj", width, configuration.KeyLength, configuration.KeyValueHeadCount),
                Part(layer, "attn_v", "self_attn.v_proj", width, configuration.KeyLength),
            ],
            [Part(layer, "attn_output", "self_attn.o_proj", configuration.QueryLength, width)],
            [Part(layer, "ffn_gate", "mlp.gate_proj", width, inner), Part(layer, "ffn_up", "mlp.up_proj", width, inner)],
            [Part(layer, "ffn_down", "mlp.down_proj", inner, width)],
        ];
    }

    /// <summary>Gets the divisors of rotary frequencies that a model's file gives.</summary>
    /// <param name="file">The model.</param>
    /// <returns>The tensor with one for each pair, or null.</returns>
    public virtual GgufTensor? RotaryFactors(GgufFile file) => null;

    /// <summary>A linear layer of a block.</summary>
    /// <param name="layer">The block.</param>
    /// <param name="name">The tensor in GGUF files.</param>
    /// <param name="module">The module in Hugging Face files.</param>
    /// <param name="input">The width of its input.</param>
    /// <param name="output">The width of its output.</param>
    /// <param name="rotatedHeads">The number of heads when its rows are rotated.</param>
    /// <returns>The layer.</returns>
    protected static LinearPart Part(int layer, string name, string module, int input, int output, int rotatedHeads = 0) =>
        new($"blk.{layer}.{name}{Weight}", $"model.layers.{layer}.{module}", input, output, rotatedHeads);

    /// <summary>Adds to a configuration what only this architecture has.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="configuration">What all architectures have.</param>
    /// <returns>The configuration.</returns>
    protected virtual ModelConfiguration Complete(ModelMetadata metadata, ModelConfiguration configuration) => configuration;

    /// <summary>Whether the architecture has a kind of rope scaling beside none and linear.</summary>
    /// <param name="type">The value of <c>rope.scaling.type</c>.</param>
    /// <returns>True when it has.</returns>
    protected virtual bool KnowsRopeScaling(string type) => false;

    private static string KnownNames => string.Join(", ", Known.Select(known => known.Name));

    private static string FusedHint(GgufFile file, string name)
    {
        const string query = ".attn_q" + Weight;
        string fused = name.EndsWith(query, StringComparison.Ordinal) ? name[..^query.Length] + ".attn_qkv" + Weight : string.Empty;
        return fused.Length > 0 && file.FindTensor(fused) is not null
            ? $": it has '{fused}' instead, which only phi3 is trained with, so convert the model without fusing q, k and v"
            : string.Empty;
    }

    private double RopeScale(ModelMetadata metadata)
    {
        string type = metadata.Text("rope.scaling.type") ?? "linear";
        if (type is not ("none" or "linear") && !KnowsRopeScaling(type))
        {
            throw metadata.Unsupported($"its rope scaling type is '{type}'");
        }

        // Older files have the second key. llama.cpp ignores both for the type none.
        double factor = metadata.Number("rope.scaling.factor") ?? metadata.Number("rope.scale_linear") ?? 0;
        return factor == 0 || type == "none" ? 1 : 1 / factor;
    }
}
