using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>
/// One block, forward and backward, outside autograd: <c>h = x + o(attention(norm(x)))</c>, <c>y = h + down(gate(norm(h)))</c>; some
/// architectures normalize heads, or what is added to the residual stream. The last block computes q, attention, o and the feed-forward part only for the rows whose logits are wanted; of the others it needs keys and values.
/// </summary>
/// <param name="model">The base model.</param>
/// <param name="lora">The adapter, or null.</param>
/// <param name="kernels">The kernels of the device.</param>
/// <param name="shared">Memory for gradients.</param>
internal sealed class BlockPass(BaseModel model, LoraState? lora, LayerKernels kernels, GradientBuffers shared)
{
    private readonly ModelConfiguration _configuration = model.Configuration;

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
        Attention(layer, plan, own, isLast, normalized);
        int rows = isLast ? plan.OutputCount : plan.Rows;
        Matrix delta = shared.Delta.Take(rows);
        Branch(
            weights.AttentionOutput,
            own.Attended.Take(rows),
            own.AttentionOutputLora,
            weights.AttentionBranchNorm,
            own.AttentionBranch,
            own.AttentionBranchInverseRms,
            delta);
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
        Branch(
            weights.FeedForwardOutput,
            product,
            own.FeedForwardOutputLora,
            weights.FeedForwardBranchNorm,
            own.FeedForwardBranch,
            own.FeedForwardBranchInverseRms,
            delta);
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
        Matrix branch = BranchGradient(copy, weights.FeedForwardBranchNorm, own.FeedForwardBranch, own.FeedForwardBranchInverseRms);
        Products(weights.FeedForwardOutput, branch, own.Product.Take(rows), own.FeedForwardOutputLora, product);
        Matrix gateAndUp = own.GateAndUp.Take(rows);
        kernels.GateBackward(product, model.Architecture.Activation, gateAndUp);
        Matrix normalized = shared.Normalized.Take(rows);
        Products(weights.FeedForwardInput, gateAndUp, own.MiddleNormalized.Take(rows), own.FeedForwardInputLora, normalized);
        kernels.NormBackward(
            normalized, own.Middle.Take(rows), weights.FeedForwardNorm, own.MiddleInverseRms.Take(rows), residual, accumulate: true, DistinctCopyOf(residual));
        Matrix attended = shared.Attended.Take(rows);
        branch = BranchGradient(copy, weights.AttentionBranchNorm, own.AttentionBranch, own.AttentionBranchInverseRms);
        Products(weights.AttentionOutput, branch, own.Attended.Take(rows), own.AttentionOutputLora, attended);
        AttentionBackward(layer, plan, own, isLast, attended, needsInput: layer > 0);
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

    private void Attention(int layer, PassPlan plan, BlockActivations own, bool isLast, Matrix normalized)
    {
        BlockWeights weights = model.Blocks[layer];
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

        if (weights is { QueryNorm: { } queryNorm, KeyNorm: { } keyNorm })
        {
            (Matrix plainQuery, Matrix plainKey) = (query, key);
            (query, key) = NormalizedHeads(own, query, key);
            kernels.NormSlices(plainQuery, queryNorm, _configuration.NormEpsilon, query, own.QueryInverseRms.Take(query.Rows));
            kernels.NormSlices(plainKey, keyNorm, _configuration.NormEpsilon, key, own.KeyInverseRms.Take(key.Rows));
        }

        Rotate(layer, query, isLast ? plan.OutputPositions : plan.Batch.Positions, inverse: false);
        Rotate(layer, key, plan.Batch.Positions, inverse: false);
        kernels.Attend(
            Shape(layer), isLast ? plan.OutputPieces : plan.Pieces, query, key, value, own.Attended.Take(query.Rows), own.LogSums.Take(query.Rows));
    }

    private void AttentionBackward(int layer, PassPlan plan, BlockActivations own, bool isLast, Matrix attendedGradient, bool needsInput)
    {
        BlockWeights weights = model.Blocks[layer];
        (Matrix plainQuery, Matrix plainKey, Matrix value) = QueryKeyValue(own.QueryKeyValue, isLast ? own.Query : null, plan);
        (Matrix query, Matrix key) = weights.QueryNorm is null ? (plainQuery, plainKey) : NormalizedHeads(own, plainQuery, plainKey);
        (Matrix queryGradient, Matrix keyGradient, Matrix valueGradient) = QueryKeyValue(shared.QueryKeyValue, isLast ? shared.Query : null, plan);
        kernels.AttendBackward(
            Shape(layer),
            isLast ? plan.OutputPieces : plan.Pieces,
            new AttentionTensors(
                query, key, value, own.Attended.Take(query.Rows), own.LogSums.Take(query.Rows), attendedGradient, queryGradient, keyGradient, valueGradient));
        Rotate(layer, queryGradient, isLast ? plan.OutputPositions : plan.Batch.Positions, inverse: true);
        Rotate(layer, keyGradient, plan.Batch.Positions, inverse: true);
        if (weights is { QueryNorm: { } queryNorm, KeyNorm: { } keyNorm })
        {
            kernels.NormSlicesBackward(queryGradient, plainQuery, queryNorm, own.QueryInverseRms.Take(query.Rows), queryGradient);
            kernels.NormSlicesBackward(keyGradient, plainKey, keyNorm, own.KeyInverseRms.Take(key.Rows), keyGradient);
        }

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
        bool isFused = weights.AttentionInput.Ranges.Count == 1;
        Products(
            weights.QueryOnly, queryGradient, own.NormalizedRows.Take(plan.OutputCount), own.QueryLora, needsInput ? rows : null, addsToA: isFused);
        if (inputGradient is { } target)
        {
            kernels.ScatterAdd(rows, plan.Batch.OutputRows, target, clear: false);
        }
    }

    private AttentionShape Shape(int layer) => new(
        _configuration.HeadCount, _configuration.KeyValueHeadCount, _configuration.HeadLength, _configuration.AttentionScale, _configuration.WindowOf(layer));

    private (Matrix Query, Matrix Key, Matrix Value) QueryKeyValue(MatrixBuffer all, MatrixBuffer? separateQuery, PassPlan plan)
    {
        Matrix matrix = all.Take(plan.Rows);
        Matrix query = separateQuery?.Take(plan.OutputCount) ?? matrix.ColumnRange(0, _configuration.QueryLength);
        return (
            query,
            matrix.ColumnRange(_configuration.QueryLength, _configuration.KeyLength),
            matrix.ColumnRange(_configuration.QueryLength + _configuration.KeyLength, _configuration.KeyLength));
    }

    private static (Matrix Query, Matrix Key) NormalizedHeads(BlockActivations own, Matrix query, Matrix key) =>
        (own.NormalizedQuery.Take(query.Rows), own.NormalizedKey.Take(key.Rows));

    /// <summary>What a branch adds to the residual stream: a product, and its norm where there is one.</summary>
    private void Branch(
        LinearGroup group, Matrix input, MatrixBuffer? projected, Matrix? norm, MatrixBuffer beforeNorm, MatrixBuffer inverseRms, Matrix delta)
    {
        Matrix result = norm is null ? delta : beforeNorm.Take(delta.Rows);
        LinearProducts.Forward(group, Lora(group), input, result, projected);
        if (norm is { } weight)
        {
            kernels.NormSlices(result, weight, _configuration.NormEpsilon, delta, inverseRms.Take(delta.Rows));
        }
    }

    /// <summary>The gradient of a branch's product, from that of what it adds to the residual stream.</summary>
    private Matrix BranchGradient(Matrix gradient, Matrix? norm, MatrixBuffer beforeNorm, MatrixBuffer inverseRms)
    {
        if (norm is not { } weight)
        {
            return gradient;
        }

        Matrix result = shared.Branch.Take(gradient.Rows);
        kernels.NormSlicesBackward(gradient, beforeNorm.Take(gradient.Rows), weight, inverseRms.Take(gradient.Rows), result);
        return result;
    }

    private void Rotate(int layer, Matrix heads, int[] positions, bool inverse) =>
        kernels.Rotate(heads, _configuration.HeadLength, positions, model.RotaryOf(layer), model.Architecture.RopeLayout, inverse);

    private void Products(
        LinearGroup group, Matrix gradient, Matrix input, MatrixBuffer? projected, Matrix? inputGradient, bool addsToA = false) =>
        LinearProducts.Backward(group, Lora(group), gradient, input, projected, shared.Projected, inputGradient, lora!.GradientBeta, addsToA);

    private LoraGroup? Lora(LinearGroup group) => lora?.For(group);
}
