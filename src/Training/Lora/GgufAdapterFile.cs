using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>LoRA adapters in GGUF files, as llama.cpp's <c>llama-adapter.cpp</c> reads them.</summary>
internal static class GgufAdapterFile
{
    private const string SuffixA = ".lora_a";
    private const string SuffixB = ".lora_b";
    private const string AlphaKey = "adapter.lora.alpha";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="configuration">The base model that it must fit.</param>
    /// <param name="device">Where the values shall lie.</param>
    /// <returns>The adapter.</returns>
    /// <exception cref="EdgeBuildException">EDGE3002: it does not fit.</exception>
    public static LoraAdapter Read(string path, ModelConfiguration configuration, Device device)
    {
        using GgufFile file = GgufFile.Open(path);
        if (file.GetString("general.type") != "adapter" || file.GetString("adapter.type") != "lora")
        {
            throw Mismatch(path, "it is not a LoRA adapter");
        }

        if (file.Architecture != configuration.Architecture)
        {
            throw Mismatch(path, $"it is for the architecture '{file.Architecture}', the base model is '{configuration.Architecture}'");
        }

        Dictionary<string, LinearPart> parts = Enumerable.Range(0, configuration.LayerCount)
            .SelectMany(layer => ArchitectureDescription.Of(configuration).Groups(configuration, layer))
            .SelectMany(group => group)
            .ToDictionary(part => part.TensorName, StringComparer.Ordinal);
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (GgufTensor tensor in file.Tensors)
        {
            bool isA = tensor.Name.EndsWith(SuffixA, StringComparison.Ordinal);
            string name = tensor.Name[..Math.Max(0, tensor.Name.Length - SuffixA.Length)];
            if ((!isA && !tensor.Name.EndsWith(SuffixB, StringComparison.Ordinal)) || !parts.TryGetValue(name, out LinearPart? part))
            {
                throw Mismatch(path, $"its tensor '{tensor.Name}' belongs to no layer that can be adapted");
            }

            int rank = checked((int)(isA ? tensor.RowCount : tensor.RowLength));
            bool fits = isA ? tensor.RowLength == part.InputLength : tensor.RowCount == part.OutputLength;
            if (!fits || rank < 1 || (ranks.TryGetValue(name, out int other) && other != rank))
            {
                throw Mismatch(path, $"the shape of its tensor '{tensor.Name}' is another than the base model's");
            }

            ranks[name] = rank;
        }

        double alpha = file.GetNumber(AlphaKey) ?? 0;
        if (alpha == 0)
        {
            // Without α llama.cpp does not scale by α / r at all, which one α can only say when all ranks are equal.
            alpha = ranks.Values.Distinct().Count() == 1
                ? ranks.Values.First()
                : throw Mismatch(path, $"it has no '{AlphaKey}' and its ranks differ");
        }

        IReadOnlyList<LabelHeadValues> heads = LabelHeadMetadata.Read(file);
        var adapter = new LoraAdapter(
            configuration,
            new LoraLayout(configuration, part => ranks.GetValueOrDefault(part.TensorName)),
            alpha,
            device,
            heads: [.. heads.Select(head => new LabelHead(head.Name, [.. Enumerable.Repeat(Array.Empty<int>(), head.LabelCount)]))]);
        for (int head = 0; head < heads.Count; head++)
        {
            if (heads[head].Width != configuration.EmbeddingLength)
            {
                throw Mismatch(path, $"its label head '{heads[head].Name}' reads a hidden state of another width");
            }

            adapter.SetHead(head, heads[head].Values);
        }

        foreach (LoraSlot slot in adapter.Layout.Slots)
        {
            adapter.SetA(slot, Required(slot.Part.TensorName + SuffixA).Dequantize());
            adapter.SetB(slot, Required(slot.Part.TensorName + SuffixB).Dequantize());
        }

        return adapter;

        GgufTensor Required(string name) => file.FindTensor(name) ?? throw Mismatch(path, $"its tensor '{name}' is missing");
    }

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="metadata">More texts.</param>
    public static void Write(string path, LoraAdapter adapter, IReadOnlyDictionary<string, string>? metadata)
    {
        using var writer = new GgufWriter();
        writer.Set("general.architecture", adapter.Configuration.Architecture);
        writer.Set("general.type", "adapter");
        writer.Set("adapter.type", "lora");
        writer.Set(AlphaKey, (float)adapter.Alpha);
        foreach ((string key, string value) in metadata ?? new Dictionary<string, string>())
        {
            writer.Set(key, value);
        }

        LabelHeadMetadata.Write(
            writer, [.. adapter.Heads.Select((head, index) => new LabelHeadValues(head.Name, head.LabelCount, adapter.GetHead(index)))]);

        foreach (LoraSlot slot in adapter.Layout.Slots)
        {
            writer.AddTensor(slot.Part.TensorName + SuffixA, [slot.Part.InputLength, slot.Rank], adapter.GetA(slot));
            writer.AddTensor(slot.Part.TensorName + SuffixB, [slot.Rank, slot.Part.OutputLength], adapter.GetB(slot));
        }

        writer.Write(path);
    }

    private static EdgeBuildException Mismatch(string path, string reason) => new(
        ErrorCodes.AdapterMismatch, $"The adapter does not fit the base model: {reason}. Use the base model that it was trained on.", path);
}
