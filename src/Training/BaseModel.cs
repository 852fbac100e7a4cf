using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>A frozen base model in memory, dequantized from a GGUF file of any quantization.</summary>
public sealed class BaseModel : IDisposable
{
    private readonly List<BlockWeights> _blocks;
    private readonly BlockWeightStream? _stream;
    private readonly RotaryTable _rotary;
    private readonly RotaryTable _localRotary;

    internal BaseModel(
        string path,
        ArchitectureDescription architecture,
        ModelConfiguration configuration,
        ComputeType computeType,
        Device device,
        ModelTensors tensors,
        BlockWeightStream? stream)
    {
        _stream = stream;
        Path = path;
        Architecture = architecture;
        Configuration = configuration;
        ComputeType = computeType;
        Device = device;
        _blocks = tensors.Blocks;
        Embedding = tensors.Embedding;
        EmbeddingRows = Matrix.Of(Embedding);
        Head = tensors.Head;
        HeadBias = tensors.HeadBias;
        OutputNorm = tensors.OutputNorm;
        _rotary = new RotaryTable(
            configuration.RopeDimensionCount, configuration.RopeBase, configuration.RopeScale, configuration.RopeAttentionFactor, tensors.RotaryFactors);
        _localRotary = configuration.Windows.Count == 0
            ? _rotary
            : new RotaryTable(configuration.RopeDimensionCount, configuration.LocalRopeBase, 1, configuration.RopeAttentionFactor, null);
    }

    /// <summary>Gets the file.</summary>
    public string Path { get; }

    /// <summary>Gets the sizes and constants.</summary>
    public ModelConfiguration Configuration { get; }

    /// <summary>Gets the number format of the weights and of matrix products, never <see cref="ComputeType.Auto"/>.</summary>
    public ComputeType ComputeType { get; }

    /// <summary>Gets what a probe measured, when the compute type was chosen automatically or the options had one; else null.</summary>
    public ComputeProbe? Probe { get; private init; }

    /// <summary>Gets a value indicating whether blocks are converted each time that they are used.</summary>
    public bool KeepsQuantized => _stream is not null;

    internal ArchitectureDescription Architecture { get; }

    internal Device Device { get; }

    internal ScalarType Type => ComputeType == ComputeType.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;

    internal IReadOnlyList<BlockWeights> Blocks => _blocks;

    internal Tensor Embedding { get; }

    /// <summary>Gets <see cref="Embedding"/> with its address.</summary>
    internal Matrix EmbeddingRows { get; }

    /// <summary>Gets the output matrix, [vocabulary, width]; with a tied head it is <see cref="Embedding"/>.</summary>
    internal Tensor Head { get; }

    internal Tensor? HeadBias { get; }

    internal Matrix OutputNorm { get; }

    /// <summary>Loads a model; libtorch is loaded first when it is not yet.</summary>
    /// <param name="path">The GGUF file.</param>
    /// <param name="computeType">The number format, or <see cref="ComputeType.Auto"/> for the faster one on this machine.</param>
    /// <param name="device">Where the model shall lie.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <returns>The model.</returns>
    /// <exception cref="EdgeBuildException">
    /// EDGE4001: the file is damaged. EDGE4002: its architecture is not supported. EDGE4006: libtorch is missing, or CUDA was asked for and is not there.
    /// </exception>
    public static BaseModel Load(
        string path, ComputeType computeType = ComputeType.Auto, TrainingDevice device = TrainingDevice.Auto, CancellationToken cancellationToken = default) =>
        Load(path, new BaseModelOptions { ComputeType = computeType, Device = device }, cancellationToken);

    /// <summary>Loads a model; libtorch is loaded first when it is not yet.</summary>
    /// <param name="path">The GGUF file. With <see cref="BaseModelOptions.KeepQuantized"/> it stays open, mapped into memory.</param>
    /// <param name="options">How the model is held.</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <returns>The model.</returns>
    /// <exception cref="EdgeBuildException">
    /// EDGE4001: the file is damaged. EDGE4002: its architecture is not supported. EDGE4006: libtorch is missing, or CUDA was asked for and is not there.
    /// </exception>
    public static BaseModel Load(string path, BaseModelOptions options, CancellationToken cancellationToken = default)
    {
        GgufFile file = GgufFile.Open(path);
        try
        {
            ArchitectureDescription architecture = ArchitectureDescription.Of(file);
            ModelConfiguration configuration = architecture.ReadConfiguration(file);
            return Create(new GgufWeights(file), architecture, configuration, options, cancellationToken);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes a model of any size without a file, to measure its shape.</summary>
    /// <param name="configuration">The sizes; the architecture must be a known one.</param>
    /// <param name="options">How the model is held; quantized means Q8_0.</param>
    /// <param name="seed">The seed of the weights.</param>
    /// <returns>The model.</returns>
    internal static BaseModel Random(ModelConfiguration configuration, BaseModelOptions options, ulong seed) => Create(
        new RandomWeights(configuration, seed, options.KeepQuantized ? GgmlType.Q8_0 : null),
        ArchitectureDescription.Of(configuration),
        configuration,
        options,
        CancellationToken.None);

    /// <summary>Computes the logits of every position of a text, for tests and comparisons.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="adapter">An adapter, or null for the plain model.</param>
    /// <returns>[tokens, vocabulary].</returns>
    public float[,] Logits(IReadOnlyList<int> tokens, LoraAdapter? adapter = null)
    {
        using IDisposable noGradient = no_grad();
        using LoraState? state = adapter is null ? null : new LoraState(this, adapter, training: false);
        using var pass = new TransformerPass(this, state, keepActivations: false);
        return pass.Logits(TokenBatch.Whole(tokens));
    }

    /// <summary>Gets the rotations of a block.</summary>
    /// <param name="layer">The block, from 0.</param>
    /// <returns>Cosines and sines.</returns>
    internal RotaryTable RotaryOf(int layer) => Configuration.WindowOf(layer) is null ? _rotary : _localRotary;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (BlockWeights block in _blocks)
        {
            block.Dispose();
        }

        if (!ReferenceEquals(Head, Embedding))
        {
            Head.Dispose();
        }

        Embedding.Dispose();
        HeadBias?.Dispose();
        OutputNorm.Tensor.Dispose();
        _stream?.Dispose();
    }

    /// <summary>Makes the matrices of a block ready for use; only of the last such block they are, when blocks stay quantized.</summary>
    /// <param name="layer">The block.</param>
    internal void LoadBlock(int layer) => _stream?.Load(layer);

    internal static Device ChooseDevice(TrainingDevice choice)
    {
        bool available = choice != TrainingDevice.Cpu && cuda_is_available();
        return (choice, available) switch
        {
            (TrainingDevice.Cuda, false) => throw new EdgeBuildException(
                ErrorCodes.LibTorchUnavailable, "CUDA was asked for, but libtorch sees no CUDA device. Install the CUDA files of libtorch and set EDGEBUILD_LIBTORCH to their folder, or train on the processor."),
            (_, true) => new Device(DeviceType.CUDA),
            _ => new Device(DeviceType.CPU),
        };
    }

    private static BaseModel Create(
        IWeightSource weights, ArchitectureDescription architecture, ModelConfiguration configuration, BaseModelOptions options, CancellationToken cancellationToken)
    {
        LibTorch.Load();
        Device place = ChooseDevice(options.Device);
        ComputeType computeType = options.ComputeType;
        ComputeProbe? probe = options.Probe;
        if (computeType == ComputeType.Auto)
        {
            probe ??= ComputeProbe.Measure(configuration, place);
            computeType = probe.Choice;
        }

        using IDisposable noGradient = no_grad();
        ScalarType type = computeType == ComputeType.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        BlockWeightStream? stream = options.KeepQuantized ? new BlockWeightStream(weights, type, place) : null;
        try
        {
            ModelTensors tensors = ModelTensors.Read(weights, configuration, type, place, stream, cancellationToken);
            if (stream is null)
            {
                weights.Dispose();
            }

            return new BaseModel(weights.Path, architecture, configuration, computeType, place, tensors, stream) { Probe = probe };
        }
        catch
        {
            stream?.Dispose();
            throw;
        }
    }
}
