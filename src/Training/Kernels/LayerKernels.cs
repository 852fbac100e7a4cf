using TorchSharp;

namespace EdgeBuild.Training;

/// <summary>
/// The parts of a block that are no matrix products, forward and backward. Residual streams and statistics are 32-bit floats; everything that a
/// matrix product reads or writes is in the compute type.
/// </summary>
internal abstract class LayerKernels
{
    /// <summary>Makes the kernels for a model's device and compute type.</summary>
    /// <param name="model">The model.</param>
    /// <returns>The kernels.</returns>
    public static LayerKernels For(BaseModel model) => (model.Device.type, model.ComputeType) switch
    {
        (DeviceType.CPU, ComputeType.BFloat16) => new ProcessorKernels<BFloat16Element>(),
        (DeviceType.CPU, _) => new ProcessorKernels<SingleElement>(),
        _ => new TensorKernels(),
    };

    /// <summary>Copies rows of the embedding matrix into the residual stream.</summary>
    /// <param name="embedding">[vocabulary, width].</param>
    /// <param name="tokens">The rows.</param>
    /// <param name="scale">A factor for all values.</param>
    /// <param name="residual">[tokens, width], 32-bit.</param>
    public abstract void Embed(Matrix embedding, int[] tokens, float scale, Matrix residual);

    /// <summary>RMS norm: y = x / √(mean(x²) + ε) · w. With <paramref name="delta"/>, x = residual + delta is formed first and kept in <paramref name="sum"/>.</summary>
    /// <param name="residual">[rows, width], 32-bit.</param>
    /// <param name="delta">[rows, width], or null.</param>
    /// <param name="sum">Receives x when there is a delta.</param>
    /// <param name="weight">[1, width], 32-bit.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="normalized">Receives y.</param>
    /// <param name="inverseRms">[rows, 1]; receives 1 / √(mean(x²) + ε).</param>
    public abstract void Norm(Matrix residual, Matrix? delta, Matrix sum, Matrix weight, float epsilon, Matrix normalized, Matrix inverseRms);

    /// <summary>Backward of <see cref="Norm"/>: with h = g · w and i = 1 / rms, dx = i · (h − x · i² · mean(h · x)).</summary>
    /// <param name="gradient">g, [rows, width].</param>
    /// <param name="input">x.</param>
    /// <param name="weight">w.</param>
    /// <param name="inverseRms">i.</param>
    /// <param name="inputGradient">Receives dx, or dx is added to it.</param>
    /// <param name="accumulate">Whether to add.</param>
    /// <param name="copy">Receives the result in the compute type, when that is another one.</param>
    public abstract void NormBackward(Matrix gradient, Matrix input, Matrix weight, Matrix inverseRms, Matrix inputGradient, bool accumulate, Matrix? copy);

    /// <summary>RMS norm of every slice of a row, which is a head, or the whole row when the weight is as wide: y = x / √(mean(x²) + ε) · w.</summary>
    /// <param name="input">x, in the compute type.</param>
    /// <param name="weight">w, [1, width of a slice], 32-bit.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="output">Receives y, in the compute type.</param>
    /// <param name="inverseRms">[rows, slices]; receives 1 / √(mean(x²) + ε).</param>
    public abstract void NormSlices(Matrix input, Matrix weight, float epsilon, Matrix output, Matrix inverseRms);

    /// <summary>Backward of <see cref="NormSlices"/>, by the formula of <see cref="NormBackward"/>.</summary>
    /// <param name="gradient">g.</param>
    /// <param name="input">x.</param>
    /// <param name="weight">w.</param>
    /// <param name="inverseRms">i.</param>
    /// <param name="inputGradient">Receives dx; may be <paramref name="gradient"/>.</param>
    public abstract void NormSlicesBackward(Matrix gradient, Matrix input, Matrix weight, Matrix inverseRms, Matrix inputGradient);

    /// <summary>Rotates heads by their positions, in place.</summary>
    /// <param name="heads">[rows, heads · head length].</param>
    /// <param name="headLength">The width of a head.</param>
    /// <param name="positions">The position of every row.</param>
    /// <param name="table">Cosines and sines.</param>
    /// <param name="layout">Which values form a pair.</param>
    /// <param name="inverse">True to rotate back, which is the backward step.</param>
    public abstract void Rotate(Matrix heads, int headLength, int[] positions, RotaryTable table, RopeLayout layout, bool inverse);

    /// <summary>Causal attention.</summary>
    /// <param name="shape">The heads.</param>
    /// <param name="pieces">Which queries see which keys.</param>
    /// <param name="query">[queries, heads · head length].</param>
    /// <param name="key">[rows, key heads · head length].</param>
    /// <param name="value">As <paramref name="key"/>.</param>
    /// <param name="output">Receives the result, [queries, heads · head length].</param>
    /// <param name="logSums">[queries, heads]; receives log(Σ exp(scores)), 32-bit.</param>
    public abstract void Attend(AttentionShape shape, AttentionPiece[] pieces, Matrix query, Matrix key, Matrix value, Matrix output, Matrix logSums);

    /// <summary>Backward of <see cref="Attend"/>. Gradients of keys that no query sees are zero.</summary>
    /// <param name="shape">The heads.</param>
    /// <param name="pieces">Which queries see which keys.</param>
    /// <param name="tensors">What it reads and writes.</param>
    public abstract void AttendBackward(AttentionShape shape, AttentionPiece[] pieces, AttentionTensors tensors);

    /// <summary>activation(gate) · up.</summary>
    /// <param name="gateAndUp">[rows, 2 · inner]: gate, then up.</param>
    /// <param name="activation">The function.</param>
    /// <param name="product">Receives the result, [rows, inner].</param>
    public abstract void Gate(Matrix gateAndUp, GateActivation activation, Matrix product);

    /// <summary>Backward of <see cref="Gate"/>.</summary>
    /// <param name="productGradient">[rows, inner].</param>
    /// <param name="activation">The function.</param>
    /// <param name="gateAndUp">The input of the forward step; replaced by its gradient.</param>
    public abstract void GateBackward(Matrix productGradient, GateActivation activation, Matrix gateAndUp);

    /// <summary>Weighted cross entropy; the logits are replaced by their gradient.</summary>
    /// <param name="logits">[tokens, vocabulary].</param>
    /// <param name="targets">The right token of each row.</param>
    /// <param name="weights">The weight of each row.</param>
    /// <param name="gradientScale">The factor of gradients, or 0 when no gradients are wanted.</param>
    /// <returns>weight · −log p(target) of each row.</returns>
    public abstract double[] CrossEntropy(Matrix logits, ReadOnlySpan<int> targets, ReadOnlySpan<float> weights, float gradientScale);

    /// <summary>Copies rows: target[i] = source[rows[i]].</summary>
    /// <param name="source">The source.</param>
    /// <param name="rows">The rows to take.</param>
    /// <param name="target">Receives them.</param>
    public abstract void Gather(Matrix source, int[] rows, Matrix target);

    /// <summary>Adds rows: target[rows[i]] += source[i], after setting all of target to zero when asked to.</summary>
    /// <param name="source">The rows to add.</param>
    /// <param name="rows">Where to add them; a row may come several times.</param>
    /// <param name="target">Receives them.</param>
    /// <param name="clear">Whether target starts from zero.</param>
    public abstract void ScatterAdd(Matrix source, int[] rows, Matrix target, bool clear);
}
