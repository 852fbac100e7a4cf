using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>
/// One block, forward and backward, outside autograd: <c>h = x + o(attention(norm(x)))</c>, <c>y = h + down(gate(norm(h)))</c>. The last block
/// computes q, attention, o and the feed-forward part only for the rows whose logits are wanted; of the others it needs keys and values.
/// </summary>
/// <param name="model">The base model.</param>
/// <param name="lora">The adapter, or null.</param>
/// <param name="kernels">The kernels of the device.</param>
/// <param name="shared">Memory for gradients.</param>
internal sealed class BlockPass(BaseModel model, LoraState? lora, LayerKernels kernels, GradientBuffers shared)
{
    private readonly ModelConfiguration _configuration = model.Configuration;
    private readonly AttentionShape _shape = new(
        model.Configuration.HeadCount, model.Configuration.KeyValueHeadCount, model.Configuration.HeadLength, model.Configuration.AttentionScale);

    /// <summary>Computes a block.</summary>
    /// <param name="layer">Its number.</param>
    /// <param name="plan">The batch.</param>
    /// <param name="below">The activations of the block below, whose change is not yet added to the residual stream; null for the first.</param>
    /// <param name="own">Receives the activations. For the first block, its input is already there.</param>
    public void Forward(int layer, PassPlan plan, BlockActivations? below, BlockActivations own)
    {
        using DisposeScope scope = NewDisposeScope();
        BlockWeights weights = model.Blocks[layer];
        bool isLast = layer == model.Blocks.Count - 1;
        Matrix input = own.Input.Take(plan.Rows);
        Matrix normalized = own.Normalized.Take(plan.Rows);
        kernels.Norm(
            below is null ? input : below.Middle.Take(plan.Rows),
            below is null ? null : shared.Delta.Take(plan.Rows),
            input,
            weights.AttentionNorm,
            _configuration.NormEpsilon,
            normalized,
            own.InverseRms.Take(plan.Rows));
        Attention(weights, plan, own, isLast, normalized);
        int rows = isLast ? plan.OutputCount : plan.Rows;
        Matrix delta = shared.Delta.Take(rows);
        LinearProducts.Forward(weights.AttentionOutput, Lora(weights.AttentionOutput), own.Attended.Take(rows), delta, own.AttentionOutputLora);
        if (isLast)
        {
            kernels.Gather(input, plan.Batch.OutputRows, own.InputRows.Take(rows));
        }

        Matrix middleNormalized = own.MiddleNormalized.Take(rows);
        kernels.Norm(
            isLast ? own.InputRows.Take(rows) : input,
            delta,
            own.Middle.Take(rows),
            weights.FeedForwardNorm,
            _configuration.NormEpsilon,
            middleNormalized,
            own.MiddleInverseRms.Take(rows));
        Matrix gateAndUp = own.GateAndUp.Take(rows);
        Matrix product = own.Product.Take(rows);
        LinearProducts.Forward(weights.FeedForwardInput, Lora(weights.FeedForwardInput), middleNormalized, gateAndUp, own.FeedForwardInputLora);
        kernels.Gate(gateAndUp, model.Architecture.Activation, product);
        LinearProducts.Forward(weights.FeedForwardOutput, Lora(weights.FeedForwardOutput), product, delta, own.FeedForwardOutputLora);
    }

    /// <summary>Computes the gradients of a block's adapters and of its input.</summary>
    /// <param name="layer">Its number.</param>
    /// <param name="plan">The batch.</param>
    /// <param name="own">The activations; parts of them are overwritten.</param>
    public void Backward(int layer, PassPlan plan, BlockActivations own)
    {
        using DisposeScope scope = NewDisposeScope();
        BlockWeights weights = model.Blocks[layer];
        bool isLast = layer == model.Blocks.Count - 1;
        int rows = isLast ? plan.OutputCount : plan.Rows;
        Matrix residual = (isLast ? shared.OutputResidual : shared.Residual).Take(rows);
        Matrix copy = CopyOf(residual);
        Matrix product = shared.Product.Take(rows);
        Products(weights.FeedForwardOutput, copy, own.Product.Take(rows), own.FeedForwardOutputLora, product);
        Matrix gateAndUp = own.GateAndUp.Take(rows);
        kernels.GateBackward(product, model.Architecture.Activation, gateAndUp);
        Matrix normalized = shared.Normalized.Take(rows);
        Products(weights.FeedForwardInput, gateAndUp, own.MiddleNormalized.Take(rows), own.FeedForwardInputLora, normalized);
        kernels.NormBackward(
            normalized, own.Middle.Take(rows), weights.FeedForwardNorm, own.MiddleInverseRms.Take(rows), residual, accumulate: true, DistinctCopyOf(residual));
        Matrix attended = shared.Attended.Take(rows);
        Products(weights.AttentionOutput, copy, own.Attended.Take(rows), own.AttentionOutputLora, attended);
        AttentionBackward(weights, plan, own, isLast, attended, needsInput: layer > 0);
        if (layer == 0)
        {
            return;
        }

        Matrix inputGradient = shared.Residual.Take(plan.Rows);
        if (isLast)
        {
            kernels.ScatterAdd(residual, plan.Batch.OutputRows, inputGradient, clear: true);
        }

        kernels.NormBackward(
            shared.Normalized.Take(plan.Rows),
            own.Input.Take(plan.Rows),
            weights.AttentionNorm,
            own.InverseRms.Take(plan.Rows),
            inputGradient,
            accumulate: true,
            DistinctCopyOf(inputGradient));
    }

    /// <summary>The gradient of the residual stream in the compute type; in 32-bit floats that is the stream itself.</summary>
    /// <param name="residual">The gradient.</param>
    /// <returns>The copy.</returns>
    public Matrix CopyOf(Matrix residual) => DistinctCopyOf(residual) ?? residual;

    /// <summary>The memory for a copy in the compute type, or null when none is needed.</summary>
    /// <param name="residual">The gradient.</param>
    /// <returns>The memory.</returns>
    public Matrix? DistinctCopyOf(Matrix residual) => model.Type == ScalarType.Float32 ? null : shared.ResidualCopy.Take(residual.Rows);

    private void Attention(BlockWeights weights, PassPlan plan, BlockActivations own, bool isLast, Matrix normalized)
    {
        (Matrix query, Matrix key, Matrix value) = QueryKeyValue(own.QueryKeyValue, isLast ? own.Query : null, plan);
        if (isLast)
        {
            Matrix rows = own.NormalizedRows.Take(plan.OutputCount);
            kernels.Gather(normalized, plan.Batch.OutputRows, rows);
            LinearProducts.Forward(weights.QueryOnly, Lora(weights.QueryOnly), rows, query, own.QueryLora);
            Matrix keyAndValue = own.QueryKeyValue.Take(plan.Rows).ColumnRange(_configuration.QueryLength, 2 * _configuration.KeyLength);
            LinearProducts.Forward(weights.KeyAndValueOnly, Lora(weights.KeyAndValueOnly), normalized, keyAndValue, own.AttentionInputLora);
        }
        else
        {
            LinearProducts.Forward(weights.AttentionInput, Lora(weights.AttentionInput), normalized, own.QueryKeyValue.Take(plan.Rows), own.AttentionInputLora);
        }

        Rotate(query, isLast ? plan.OutputPositions : plan.Batch.Positions, inverse: false);
        Rotate(key, plan.Batch.Positions, inverse: false);
        kernels.Attend(
            _shape, isLast ? plan.OutputPieces : plan.Pieces, query, key, value, own.Attended.Take(query.Rows), own.LogSums.Take(query.Rows));
    }

    private void AttentionBackward(BlockWeights weights, PassPlan plan, BlockActivations own, bool isLast, Matrix attendedGradient, bool needsInput)
    {
        (Matrix query, Matrix key, Matrix value) = QueryKeyValue(own.QueryKeyValue, isLast ? own.Query : null, plan);
        (Matrix queryGradient, Matrix keyGradient, Matrix valueGradient) = QueryKeyValue(shared.QueryKeyValue, isLast ? shared.Query : null, plan);
        kernels.AttendBackward(
            _shape,
            isLast ? plan.OutputPieces : plan.Pieces,
            new AttentionTensors(
                query, key, value, own.Attended.Take(query.Rows), own.LogSums.Take(query.Rows), attendedGradient, queryGradient, keyGradient, valueGradient));
        Rotate(queryGradient, isLast ? plan.OutputPositions : plan.Batch.Positions, inverse: true);
        Rotate(keyGradient, plan.Batch.Positions, inverse: true);
        Matrix normalized = own.Normalized.Take(plan.Rows);
        Matrix? inputGradient = needsInput ? shared.Normalized.Take(plan.Rows) : null;
        if (!isLast)
        {
            Products(weights.AttentionInput, shared.QueryKeyValue.Take(plan.Rows), normalized, own.AttentionInputLora, inputGradient);
            return;
        }

        Matrix keyAndValue = shared.QueryKeyValue.Take(plan.Rows).ColumnRange(_configuration.QueryLength, 2 * _configuration.KeyLength);
        Products(weights.KeyAndValueOnly, keyAndValue, normalized, own.AttentionInputLora, inputGradient);
        Matrix rows = shared.NormalizedRows.Take(plan.OutputCount);
        Products(weights.QueryOnly, queryGradient, own.NormalizedRows.Take(plan.OutputCount), own.QueryLora, needsInput ? rows : null);
        if (inputGradient is { } target)
        {
            kernels.ScatterAdd(rows, plan.Batch.OutputRows, target, clear: false);
        }
    }

    private (Matrix Query, Matrix Key, Matrix Value) QueryKeyValue(MatrixBuffer all, MatrixBuffer? separateQuery, PassPlan plan)
    {
        Matrix matrix = all.Take(plan.Rows);
        Matrix query = separateQuery?.Take(plan.OutputCount) ?? matrix.ColumnRange(0, _configuration.QueryLength);
        return (
            query,
            matrix.ColumnRange(_configuration.QueryLength, _configuration.KeyLength),
            matrix.ColumnRange(_configuration.QueryLength + _configuration.KeyLength, _configuration.KeyLength));
    }

    private void Rotate(Matrix heads, int[] positions, bool inverse) =>
        kernels.Rotate(heads, _configuration.HeadLength, positions, model.Rotary, model.Architecture.RopeLayout, inverse);

    private void Products(LinearGroup group, Matrix gradient, Matrix input, MatrixBuffer? projected, Matrix? inputGradient) =>
        LinearProducts.Backward(group, Lora(group), gradient, input, projected, shared.Projected, inputGradient, lora!.GradientBeta);

    private LoraGroup? Lora(LinearGroup group) => lora?.For(group);
}
