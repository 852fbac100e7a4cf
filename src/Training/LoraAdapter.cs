using EdgeBuild.Contracts;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>A LoRA adapter: for each adapted layer the matrices A and B of <c>y = W x + (α / r) · B (A x)</c>, in 32-bit floats.</summary>
public sealed class LoraAdapter : IDisposable
{
    internal LoraAdapter(
        ModelConfiguration configuration, LoraLayout layout, double alpha, Device device, bool rankStabilized = false, IReadOnlyList<LabelHead>? heads = null)
    {
        LibTorch.Load();
        Configuration = configuration;
        Layout = layout;
        Alpha = alpha;
        RankStabilized = rankStabilized;
        Heads = heads ?? [];
        Parameters = zeros(layout.Length + Heads.Sum(head => (long)head.Length(configuration.EmbeddingLength)), dtype: ScalarType.Float32, device: device).DetachFromDisposeScope();
    }

    /// <summary>Gets the base model's sizes.</summary>
    public ModelConfiguration Configuration { get; }

    /// <summary>Gets α as it stands in GGUF files: the scale is α / rank.</summary>
    public double Alpha { get; }

    /// <summary>
    /// Gets a value indicating whether the scale was meant as α' / √rank (rsLoRA). GGUF files know α / rank only, so <see cref="Alpha"/> is α' · √rank;
    /// PEFT's files say it.
    /// </summary>
    public bool RankStabilized { get; }

    /// <summary>Gets the largest rank.</summary>
    public int Rank => Layout.Slots.Max(slot => slot.Rank);

    /// <summary>Gets the label heads that are trained with the adapter.</summary>
    public IReadOnlyList<LabelHead> Heads { get; }

    /// <summary>Gets the number of trained values, those of the heads included.</summary>
    public long ParameterCount => Parameters.numel();

    /// <summary>Gets the tensors of the base model that are adapted, by their names in GGUF files.</summary>
    public IReadOnlyList<string> TensorNames => [.. Layout.Slots.Select(slot => slot.Part.TensorName)];

    internal LoraLayout Layout { get; }

    /// <summary>Gets all values in one dimension: those of <see cref="LoraLayout"/>, then W and b of every head.</summary>
    internal Tensor Parameters { get; }

    /// <summary>Makes an adapter that changes nothing yet: A uniform in ±1/√input (PEFT's Kaiming initialization), B zero.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="rank">The rank.</param>
    /// <param name="alpha">α.</param>
    /// <param name="seed">The seed of A.</param>
    /// <param name="targetModules">Hugging Face module names, or null for all linear layers.</param>
    /// <param name="rankStabilized">Whether the scale is α / √rank (rsLoRA) instead of α / rank.</param>
    /// <param name="heads">Label heads; W starts with the mean of the embeddings of each label's tokens, less the mean of all labels, so that the
    /// head knows from the start what the words of the labels mean.</param>
    /// <returns>The adapter.</returns>
    /// <exception cref="EdgeBuildException">EDGE2003: a module name is unknown.</exception>
    public static LoraAdapter Create(
        BaseModel model,
        int rank,
        double alpha,
        ulong seed,
        IReadOnlyList<string>? targetModules = null,
        bool rankStabilized = false,
        IReadOnlyList<LabelHead>? heads = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        LoraLayout layout = LoraLayout.Uniform(model.Configuration, rank, targetModules);
        var adapter = new LoraAdapter(model.Configuration, layout, rankStabilized ? alpha * Math.Sqrt(rank) : alpha, model.Device, rankStabilized, heads);
        var random = new SeededRandom(seed);
        foreach (LoraSlot slot in adapter.Layout.Slots)
        {
            var values = new float[slot.LengthA];
            double bound = 1 / Math.Sqrt(slot.Part.InputLength);
            for (int index = 0; index < values.Length; index++)
            {
                values[index] = (float)(((2 * random.NextDouble()) - 1) * bound);
            }

            adapter.SetA(slot, values);
        }

        for (int head = 0; head < adapter.Heads.Count; head++)
        {
            adapter.StartHead(model, head);
        }

        return adapter;
    }

    /// <summary>Reads an adapter from a GGUF file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The base model that it must fit.</param>
    /// <returns>The adapter, bit for bit when the file holds 32-bit floats.</returns>
    /// <exception cref="EdgeBuildException">EDGE3002: it does not fit the base model. EDGE4001: the file is damaged.</exception>
    public static LoraAdapter ReadGguf(string path, BaseModel model) => GgufAdapterFile.Read(path, model.Configuration, model.Device);

    /// <summary>Reads an adapter that PEFT wrote.</summary>
    /// <param name="directory">The folder with <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</param>
    /// <param name="model">The base model that it must fit.</param>
    /// <returns>The adapter, bit for bit when the file holds 32-bit floats.</returns>
    /// <exception cref="EdgeBuildException">EDGE3002: it does not fit the base model, or has parts that no GGUF adapter can hold.</exception>
    public static LoraAdapter ReadPeft(string directory, BaseModel model) => PeftAdapterFile.Read(directory, model);

    /// <summary>Writes a GGUF file that llama.cpp loads, with 32-bit floats. The file appears complete or not at all.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="metadata">More texts to write, for example <c>general.name</c> and the base file's hash.</param>
    public void WriteGguf(string path, IReadOnlyDictionary<string, string>? metadata = null) => GgufAdapterFile.Write(path, this, metadata);

    /// <summary>Writes an adapter that PEFT loads.</summary>
    /// <param name="directory">The folder; made when it does not exist.</param>
    /// <param name="baseModelName">The base model's name on Hugging Face or its path, for <c>adapter_config.json</c>.</param>
    public void WritePeft(string directory, string baseModelName) => PeftAdapterFile.Write(directory, this, baseModelName);

    /// <summary>Makes a copy.</summary>
    /// <returns>An adapter with its own values.</returns>
    public LoraAdapter Clone()
    {
        var copy = new LoraAdapter(Configuration, Layout, Alpha, Parameters.device, RankStabilized, Heads);
        copy.Parameters.copy_(Parameters);
        return copy;
    }

    /// <summary>Gets all trained values in the order of the layout; for comparisons.</summary>
    /// <returns>A copy.</returns>
    public float[] ToArray() => Read(0, Parameters.numel());

    /// <inheritdoc/>
    public void Dispose() => Parameters.Dispose();

    /// <summary>Gets the values of a head as files hold them.</summary>
    /// <param name="head">Its index.</param>
    /// <returns>W row by row, [labels, width], then b.</returns>
    internal float[] GetHead(int head) => Read(FirstOfHead(head), Heads[head].Length(Configuration.EmbeddingLength));

    /// <summary>Sets the values of a head.</summary>
    /// <param name="head">Its index.</param>
    /// <param name="values">In the order of <see cref="GetHead"/>.</param>
    internal void SetHead(int head, ReadOnlySpan<float> values) => Write(FirstOfHead(head), Heads[head].Length(Configuration.EmbeddingLength), values);

    /// <summary>Gets the views of a head in a tensor that is laid out as <see cref="Parameters"/>; they belong to the current dispose scope.</summary>
    /// <param name="values">The parameters, or their gradient.</param>
    /// <param name="head">The index of the head.</param>
    /// <returns>W [labels, width] and b [labels].</returns>
    internal (Tensor Weight, Tensor Bias) HeadViews(Tensor values, int head)
    {
        int labels = Heads[head].LabelCount;
        int width = Configuration.EmbeddingLength;
        long first = FirstOfHead(head);
        return (values.narrow(0, first, (long)labels * width).view(labels, width), values.narrow(0, first + ((long)labels * width), labels));
    }

    internal double ScaleOf(LoraSlot slot) => Alpha / slot.Rank;

    internal float[] GetA(LoraSlot slot) => Read(slot.FirstA, slot.LengthA);

    internal void SetA(LoraSlot slot, ReadOnlySpan<float> values) => Write(slot.FirstA, slot.LengthA, values);

    /// <summary>Gets B in the order of files, [output, rank].</summary>
    internal float[] GetB(LoraSlot slot) => Transpose(Read(slot.FirstB, slot.LengthB), slot.Rank, slot.Part.OutputLength);

    /// <summary>Sets B from the order of files, [output, rank].</summary>
    internal void SetB(LoraSlot slot, ReadOnlySpan<float> values) => Write(slot.FirstB, slot.LengthB, Transpose(values, slot.Part.OutputLength, slot.Rank));

    private static float[] Transpose(ReadOnlySpan<float> values, int rows, int columns)
    {
        var result = new float[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                result[(column * rows) + row] = values[(row * columns) + column];
            }
        }

        return result;
    }

    private void StartHead(BaseModel model, int head)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor weight, _) = HeadViews(Parameters, head);
        for (int label = 0; label < Heads[head].LabelCount; label++)
        {
            Tensor tokens = tensor(Heads[head].LabelTokens[label].Select(token => (long)token).ToArray()).to(model.Device);
            weight[label].copy_(model.Head.index_select(0, tokens).to(ScalarType.Float32).mean([0L]));
        }

        weight.sub_(weight.mean([0L], keepdim: true));
    }

    private long FirstOfHead(int head) =>
        Layout.Length + Heads.Take(head).Sum(other => (long)other.Length(Configuration.EmbeddingLength));

    private float[] Read(long first, long length)
    {
        using Tensor view = Parameters.narrow(0, first, length);
        using Tensor local = view.cpu();
        return local.data<float>().ToArray();
    }

    private void Write(long first, int length, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, length);
        using Tensor view = Parameters.narrow(0, first, length);
        using Tensor source = from_array(values.ToArray());
        view.copy_(source);
    }
}
