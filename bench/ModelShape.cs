using EdgeBuild.Training;

namespace EdgeBuild.Benchmarks;

/// <summary>The sizes of models that are measured with random weights, from their published configurations.</summary>
internal static class ModelShape
{
    /// <summary>The name of the largest one, of which one step within 20 GiB is asked for.</summary>
    public const string Phi4Mini = "Phi-4-mini";

    private static readonly Dictionary<string, ModelConfiguration> _known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Qwen2.5-0.5B"] = Shape("qwen2", layers: 24, width: 896, inner: 4864, heads: 14, keyHeads: 2, headLength: 64, vocabulary: 151936),
        ["Gemma-3-270M"] = Shape("gemma3", layers: 18, width: 640, inner: 2048, heads: 4, keyHeads: 1, headLength: 256, vocabulary: 262144) with
        {
            EmbeddingScale = MathF.Sqrt(640),
            LocalRopeBase = 10000,
            Windows = [.. Enumerable.Range(0, 18).Select(layer => layer % 6 == 5 ? 0 : 512)],
        },
        ["Llama-3.2-1B"] = Shape("llama", layers: 16, width: 2048, inner: 8192, heads: 32, keyHeads: 8, headLength: 64, vocabulary: 128256),
        [Phi4Mini] = Shape("phi3", layers: 32, width: 3072, inner: 8192, heads: 24, keyHeads: 8, headLength: 128, vocabulary: 200064) with { RopeDimensionCount = 96 },
    };

    /// <summary>Gets the names.</summary>
    public static IReadOnlyCollection<string> Names => _known.Keys;

    /// <summary>Finds a shape.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The sizes, or null.</returns>
    public static ModelConfiguration? Find(string name) => _known.GetValueOrDefault(name);

    private static ModelConfiguration Shape(string architecture, int layers, int width, int inner, int heads, int keyHeads, int headLength, int vocabulary) => new()
    {
        Architecture = architecture,
        LayerCount = layers,
        EmbeddingLength = width,
        FeedForwardLength = inner,
        HeadCount = heads,
        KeyValueHeadCount = keyHeads,
        HeadLength = headLength,
        VocabularySize = vocabulary,
        ContextLength = 4096,
        NormEpsilon = 1e-5f,
        RopeBase = 10000,
        RopeDimensionCount = headLength,
        RopeScale = 1,
        AttentionScale = (float)(1 / Math.Sqrt(headLength)),
        TiedHead = true,
    };
}
