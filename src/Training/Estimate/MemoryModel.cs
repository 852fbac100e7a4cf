using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>
/// The memory of a training, added up from what it allocates. Buffers are counted by the classes that hold them, so that a new buffer is in the
/// sum by itself.
/// </summary>
internal sealed class MemoryModel
{
    /// <summary>Threads of libtorch, its code as it comes into use, and the managed heap beyond the rows.</summary>
    private const long Overhead = 48L << 20;

    private readonly BaseModelHeader _header;
    private readonly ModelConfiguration _configuration;
    private readonly TrainingRecipe _recipe;
    private readonly IReadOnlyList<TrainingExample> _training;
    private readonly IReadOnlyList<TrainingExample> _validation;
    private readonly long _resident;
    private readonly int _size;
    private readonly long _adapter;
    private readonly long _activationsPerRow;
    private readonly long _gradientsPerRow;
    private readonly long _blockValues;
    private readonly long _largestBlock;

    /// <summary>Initializes a new instance of the <see cref="MemoryModel"/> class.</summary>
    /// <param name="header">The base model.</param>
    /// <param name="computeType">The compute type.</param>
    /// <param name="recipe">The settings.</param>
    /// <param name="training">The rows to learn from.</param>
    /// <param name="validation">The validation rows.</param>
    /// <param name="resident">What the process holds already.</param>
    public MemoryModel(
        BaseModelHeader header,
        ComputeType computeType,
        TrainingRecipe recipe,
        IReadOnlyList<TrainingExample> training,
        IReadOnlyList<TrainingExample> validation,
        long resident)
    {
        _header = header;
        _configuration = header.Configuration;
        _recipe = recipe;
        _training = training;
        _validation = validation;
        _resident = resident;
        bool half = computeType == ComputeType.BFloat16;
        _size = half ? sizeof(ushort) : sizeof(float);
        ScalarType type = half ? ScalarType.BFloat16 : ScalarType.Float32;
        _adapter = LoraLayout.Uniform(_configuration, recipe.Rank, recipe.TargetModules).Length;

        // Buffers are empty until they are used, so these cost nothing.
        using var activations = new BlockActivations(_configuration, recipe.Rank, type, CPU);
        using var gradients = new GradientBuffers(_configuration, recipe.Rank, type, CPU);
        ArchitectureDescription architecture = ArchitectureDescription.Of(_configuration);
        _activationsPerRow = activations.BytesPerRow(architecture);
        _gradientsPerRow = gradients.BytesPerRow(architecture);
        long[] blocks =
        [
            .. Enumerable.Range(0, _configuration.LayerCount).Select(layer =>
                architecture.Groups(_configuration, layer).SelectMany(parts => parts).Sum(part => (long)part.InputLength * part.OutputLength)),
        ];
        _blockValues = blocks.Sum();
        _largestBlock = blocks.Max();
    }

    /// <summary>Adds up one way of training.</summary>
    /// <param name="plan">The way.</param>
    /// <returns>Bytes.</returns>
    public long PeakBytes(MemoryPlan plan)
    {
        long tables = (_configuration.TiedHead ? 1L : 2L) * _configuration.VocabularySize * _configuration.EmbeddingLength * _size;

        // The mapped file counts while it is read, and as long as blocks are read from it.
        long matrices = plan.KeepsBaseQuantized ? _header.StoredBytes + (_largestBlock * _size) : _blockValues * _size;
        long loading = tables + matrices + (plan.KeepsBaseQuantized ? 0 : _header.StoredBytes);
        long training = tables + matrices + Adapter() + Passes(plan);
        return _resident + Overhead + Math.Max(loading, training);
    }

    private long Adapter()
    {
        // In 32-bit floats: start, current, best, gradient, two moments, the optimizer's denominator; and what a checkpoint copies of three of them.
        const int Copies = 10;
        int inComputeType = _size == sizeof(float) ? 1 : 2;
        return _adapter * ((Copies * sizeof(float)) + (inComputeType * _size));
    }

    private long Passes(MemoryPlan plan)
    {
        BatchShape step = BatchShape.Largest(_training, _recipe.BatchSize, plan.TokensPerPass);
        BatchShape check = BatchShape.Largest(_validation, _recipe.BatchSize, Math.Min(Validator.TokensAtOnce, plan.TokensPerPass));
        long layers = _configuration.LayerCount;
        long input = (long)_configuration.EmbeddingLength * sizeof(float);
        long perRow = plan.RecomputesActivations ? _activationsPerRow + ((layers - 1) * input) : layers * _activationsPerRow;
        return (step.Rows * (perRow + _gradientsPerRow)) + Head(step.Outputs) + (check.Rows * (_activationsPerRow + _gradientsPerRow)) + Head(check.Outputs);
    }

    private long Head(int outputs)
    {
        long width = _configuration.EmbeddingLength;
        long atOnce = Math.Min(outputs, TransformerPass.RowsOfLogits(_configuration));
        return (outputs * width * ((4L * _size) + sizeof(float))) + (atOnce * _configuration.VocabularySize * _size);
    }
}
