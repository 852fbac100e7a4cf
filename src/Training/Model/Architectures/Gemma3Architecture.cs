namespace EdgeBuild.Training;

/// <summary>
/// Gemma 3: scaled embeddings; norms of q and k; norms of the results of attention and feed-forward part; and five of six blocks see only a
/// window of the last tokens, with rotations of a base of their own. Its files hold norms as w + 1 already.
/// </summary>
internal sealed class Gemma3Architecture : ArchitectureDescription
{
    private const int DefaultPattern = 6;
    private const double DefaultLocalRopeBase = 10000;

    /// <summary>The blocks of the 27B model, by which llama.cpp knows that its scores are scaled by another width.</summary>
    private const int LayersOf27B = 62;

    /// <inheritdoc/>
    public override string Name => "gemma3";

    /// <inheritdoc/>
    public override GateActivation Activation => GateActivation.GeluTanh;

    /// <inheritdoc/>
    public override bool NormalizesHeads => true;

    /// <inheritdoc/>
    public override bool NormalizesBranches => true;

    /// <inheritdoc/>
    protected override ModelConfiguration Complete(ModelMetadata metadata, ModelConfiguration configuration)
    {
        int scoreWidth = configuration.LayerCount == LayersOf27B ? configuration.EmbeddingLength / configuration.HeadCount : configuration.HeadLength;
        return configuration with
        {
            EmbeddingScale = MathF.Sqrt(configuration.EmbeddingLength),
            AttentionScale = (float)(1 / Math.Sqrt(scoreWidth)),
            LocalRopeBase = metadata.Number("rope.freq_base_swa") ?? DefaultLocalRopeBase,
            Windows = Windows(metadata, configuration.LayerCount),
        };
    }

    private static int[] Windows(ModelMetadata metadata, int layers)
    {
        const string patternKey = "attention.sliding_window_pattern";
        int window = metadata.OptionalInteger("attention.sliding_window") ?? 0;
        if (window == 0)
        {
            return [];
        }

        // A list says of every block whether it has the window.
        if (metadata.File.GetIntegers(metadata.Full(patternKey)) is { } local)
        {
            return local.Length == layers
                ? [.. local.Select(isLocal => isLocal != 0 ? window : 0)]
                : throw metadata.Unsupported($"'{metadata.Full(patternKey)}' has {local.Length} entries for {layers} blocks");
        }

        int pattern = metadata.OptionalInteger(patternKey) ?? DefaultPattern;
        return [.. Enumerable.Range(0, layers).Select(layer => pattern == 0 || layer % pattern < pattern - 1 ? window : 0)];
    }
}
