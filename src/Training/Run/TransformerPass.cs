using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>Runs batches through a model: logits, losses and, when activations are kept, gradients of the adapter.</summary>
internal sealed class TransformerPass : IDisposable
{
    /// <summary>Logits that are in memory at once, in bytes of 32-bit floats.</summary>
    private const long LogitsMemory = 64 << 20;

    private readonly BaseModel _model;
    private readonly LoraState? _lora;
    private readonly LayerKernels _kernels;
    private readonly GradientBuffers _shared;
    private readonly BlockActivations[] _activations;
    private readonly MatrixBuffer[] _inputs;
    private readonly BlockPass _blocks;
    private readonly bool _keepActivations;
    private readonly MatrixBuffer _output;
    private readonly MatrixBuffer _outputNormalized;
    private readonly MatrixBuffer _outputInverseRms;
    private readonly MatrixBuffer _outputGradient;
    private readonly MatrixBuffer _headInput;
    private readonly MatrixBuffer _headGradient;
    private readonly MatrixBuffer _logits;
    private readonly Tensor _headTransposed;

    /// <summary>Initializes a new instance of the <see cref="TransformerPass"/> class.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="lora">The adapter, or null.</param>
    /// <param name="keepActivations">Whether <see cref="Train"/> will be used.</param>
    /// <param name="kernels">The kernels, or null for the best ones of the device.</param>
    /// <param name="recomputeActivations">
    /// Whether only the input of each block is kept and the rest computed again, from the same values in the same order, before its backward step.
    /// </param>
    public TransformerPass(BaseModel model, LoraState? lora, bool keepActivations, LayerKernels? kernels = null, bool recomputeActivations = false)
    {
        _model = model;
        _lora = lora;
        _kernels = kernels ?? LayerKernels.For(model);
        _keepActivations = keepActivations;
        ModelConfiguration configuration = model.Configuration;
        int rank = lora?.LargestRank ?? 0;
        int layers = keepActivations && !recomputeActivations ? configuration.LayerCount : 1;
        int inputs = keepActivations && recomputeActivations ? configuration.LayerCount - 1 : 0;
        _inputs = [.. Enumerable.Range(0, inputs).Select(_ => new MatrixBuffer(configuration.EmbeddingLength, ScalarType.Float32, model.Device))];
        _activations = [.. Enumerable.Range(0, layers).Select(_ => new BlockActivations(configuration, rank, model.Type, model.Device))];
        _shared = new GradientBuffers(configuration, rank, model.Type, model.Device);
        _blocks = new BlockPass(model, lora, _kernels, _shared);
        _output = new MatrixBuffer(configuration.EmbeddingLength, ScalarType.Float32, model.Device);
        _outputNormalized = new MatrixBuffer(configuration.EmbeddingLength, model.Type, model.Device);
        _outputInverseRms = new MatrixBuffer(1, ScalarType.Float32, model.Device);
        _outputGradient = new MatrixBuffer(configuration.EmbeddingLength, model.Type, model.Device);
        _headInput = new MatrixBuffer(configuration.EmbeddingLength, model.Type, model.Device);
        _headGradient = new MatrixBuffer(configuration.EmbeddingLength, model.Type, model.Device);
        _logits = new MatrixBuffer(configuration.VocabularySize, model.Type, model.Device);
        _headTransposed = model.Head.t().DetachFromDisposeScope();
    }

    /// <summary>How many rows of logits are in memory at once.</summary>
    /// <param name="configuration">The model.</param>
    /// <returns>At least 1.</returns>
    public static int RowsOfLogits(ModelConfiguration configuration) =>
        (int)Math.Max(1, LogitsMemory / (configuration.VocabularySize * (long)sizeof(float)));

    /// <summary>Computes the logits of a batch's output rows.</summary>
    /// <param name="batch">The batch.</param>
    /// <returns>[output rows, vocabulary].</returns>
    public float[,] Logits(TokenBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        Matrix normalized = Forward(new PassPlan(batch), CancellationToken.None);
        var result = new float[normalized.Rows, _model.Configuration.VocabularySize];
        foreach ((int start, int count) in Chunks(normalized.Rows))
        {
            using DisposeScope chunkScope = NewDisposeScope();
            using Tensor logits = Head(normalized.RowRange(start, count)).Tensor.to(ScalarType.Float32).cpu().contiguous();
            float[] values = logits.data<float>().ToArray();
            Buffer.BlockCopy(values, 0, result, start * _model.Configuration.VocabularySize * sizeof(float), values.Length * sizeof(float));
        }

        return result;
    }

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>The losses.</returns>
    public BatchLosses Loss(TokenBatch batch, CancellationToken cancellationToken)
    {
        using DisposeScope scope = NewDisposeScope();
        var plan = new PassPlan(batch);
        Matrix normalized = Forward(plan, cancellationToken);
        (double[] labels, int wrong) = _lora?.Heads.Losses(batch, normalized, hiddenGradient: null, 0) ?? ([], 0);
        return new BatchLosses(TokenLosses(plan, normalized, 0), labels, wrong);
    }

    /// <summary>Computes what label heads answer.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>For each <see cref="TokenBatch.Labels"/> the probability of every label of its head.</returns>
    public float[][] LabelProbabilities(TokenBatch batch, CancellationToken cancellationToken)
    {
        using DisposeScope scope = NewDisposeScope();
        return _lora!.Heads.Probabilities(batch, Forward(new PassPlan(batch), cancellationToken));
    }

    /// <summary>Computes the loss of a batch and adds the adapter's gradients to those of the step.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="scale">The factors of the gradients.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>The losses.</returns>
    public BatchLosses Train(TokenBatch batch, LossScale scale, CancellationToken cancellationToken)
    {
        if (!_keepActivations)
        {
            throw new InvalidOperationException("This pass keeps no activations.");
        }

        using DisposeScope scope = NewDisposeScope();
        var plan = new PassPlan(batch);
        Matrix normalized = Forward(plan, cancellationToken);
        double[] tokens = TokenLosses(plan, normalized, (float)scale.Tokens);
        Matrix outputGradient = _outputGradient.Take(plan.OutputCount);
        if (scale.Tokens == 0)
        {
            outputGradient.Tensor.zero_();
        }

        (double[] labels, int wrong) = _lora!.Heads.Losses(batch, normalized, outputGradient, (float)scale.Labels);
        Matrix residual = _shared.OutputResidual.Take(plan.OutputCount);
        _kernels.NormBackward(
            outputGradient,
            _output.Take(plan.OutputCount),
            _model.OutputNorm,
            _outputInverseRms.Take(plan.OutputCount),
            residual,
            accumulate: false,
            _blocks.DistinctCopyOf(residual));
        for (int layer = _model.Blocks.Count - 1; layer >= 0; layer--)
        {
            cancellationToken.ThrowIfCancellationRequested();
            BlockActivations own = ActivationsOf(layer);
            _model.LoadBlock(layer);
            if (layer < _inputs.Length)
            {
                own.Input.Take(plan.Rows).Tensor.copy_(_inputs[layer].Take(plan.Rows).Tensor);
                _blocks.Forward(layer, plan, below: null, own);
            }

            _blocks.Backward(layer, plan, own);
        }

        _lora.EndPass();
        return new BatchLosses(tokens, labels, wrong);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (BlockActivations activations in _activations)
        {
            activations.Dispose();
        }

        foreach (MatrixBuffer buffer in (MatrixBuffer[])[.. _inputs, _output, _outputNormalized, _outputInverseRms, _outputGradient, _headInput, _headGradient, _logits])
        {
            buffer.Dispose();
        }

        _shared.Dispose();
        _headTransposed.Dispose();
    }

    private BlockActivations ActivationsOf(int layer) => _activations[_activations.Length == 1 ? 0 : layer];

    private Matrix Forward(PassPlan plan, CancellationToken cancellationToken)
    {
        BlockActivations? below = null;
        _kernels.Embed(_model.EmbeddingRows, plan.Batch.Tokens, _model.Configuration.EmbeddingScale, _activations[0].Input.Take(plan.Rows));
        for (int layer = 0; layer < _model.Blocks.Count; layer++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            BlockActivations own = ActivationsOf(layer);
            _model.LoadBlock(layer);
            _blocks.Forward(layer, plan, below, own);
            if (layer < _inputs.Length)
            {
                _inputs[layer].Take(plan.Rows).Tensor.copy_(own.Input.Take(plan.Rows).Tensor);
            }

            below = own;
        }

        int rows = plan.OutputCount;
        Matrix normalized = _outputNormalized.Take(rows);
        _kernels.Norm(
            below!.Middle.Take(rows),
            _shared.Delta.Take(rows),
            _output.Take(rows),
            _model.OutputNorm,
            _model.Configuration.NormEpsilon,
            normalized,
            _outputInverseRms.Take(rows));
        return normalized;
    }

    private Matrix Head(Matrix input)
    {
        Matrix logits = _logits.Take(input.Rows);
        logits.Tensor.addmm_(input.Tensor, _headTransposed, 0, 1);
        if (_model.HeadBias is not null)
        {
            logits.Tensor.add_(_model.HeadBias);
        }

        return logits;
    }

    private double[] TokenLosses(PassPlan plan, Matrix normalized, float gradientScale)
    {
        TokenBatch batch = plan.Batch;
        int count = batch.Targets.Length;

        // Tokens that share the row which predicts them (equal prompts with different answers) get a copy of it each.
        bool oneToOne = count == plan.OutputCount && batch.SupervisedOutputs.AsSpan().SequenceEqual(Enumerable.Range(0, count).ToArray());
        Matrix input = oneToOne ? normalized : _headInput.Take(count);
        Matrix gradient = oneToOne ? _outputGradient.Take(count) : _headGradient.Take(count);
        if (!oneToOne)
        {
            _kernels.Gather(normalized, batch.SupervisedOutputs, input);
        }

        var losses = new double[count];
        foreach ((int start, int length) in Chunks(count))
        {
            using DisposeScope scope = NewDisposeScope();
            Matrix logits = Head(input.RowRange(start, length));
            _kernels.CrossEntropy(logits, batch.Targets.AsSpan(start, length), batch.Weights.AsSpan(start, length), gradientScale).CopyTo(losses, start);
            if (gradientScale != 0)
            {
                gradient.RowRange(start, length).Tensor.addmm_(logits.Tensor, _model.Head, 0, 1);
            }
        }

        if (!oneToOne && gradientScale != 0)
        {
            _kernels.ScatterAdd(gradient, batch.SupervisedOutputs, _outputGradient.Take(plan.OutputCount), clear: true);
        }

        return losses;
    }

    private IEnumerable<(int Start, int Count)> Chunks(int rows)
    {
        int rowsAtOnce = RowsOfLogits(_model.Configuration);
        for (int start = 0; start < rows; start += rowsAtOnce)
        {
            yield return (start, Math.Min(rowsAtOnce, rows - start));
        }
    }
}
