using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>
/// A linear layer with its adapter, forward and backward. W has no gradient. With s the scale, which B already holds:
/// y = x Wᵀ + u B, u = x Aᵀ; v = g Bᵀ, dB = s · uᵀ g, dA = vᵀ x, dx = g W + v A.
/// </summary>
internal static class LinearProducts
{
    /// <summary>Computes y and u.</summary>
    /// <param name="group">The layers.</param>
    /// <param name="lora">Their adapters, or null.</param>
    /// <param name="input">x.</param>
    /// <param name="output">Receives y.</param>
    /// <param name="projected">Receives u, [rows, sum of ranks]; not used without adapters.</param>
    public static void Forward(LinearGroup group, LoraGroup? lora, Matrix input, Matrix output, MatrixBuffer? projected)
    {
        using DisposeScope scope = NewDisposeScope();
        output.Tensor.addmm_(input.Tensor, group.WeightTransposed, 0, 1);
        if (group.Bias is not null)
        {
            output.Tensor.add_(group.Bias);
        }

        if (lora is null)
        {
            return;
        }

        Tensor u = projected!.Take(input.Rows).ColumnRange(0, lora.Rank).Tensor;
        u.addmm_(input.Tensor, lora.ATransposed, 0, 1);
        foreach (LoraGroupPart part in lora.Parts)
        {
            output.Tensor.narrow(1, part.OutputStart, part.OutputLength).addmm_(u.narrow(1, part.RankStart, part.Rank), part.B, 1, 1);
        }
    }

    /// <summary>Computes the gradients of A, B and x.</summary>
    /// <param name="group">The layers.</param>
    /// <param name="lora">Their adapters, or null.</param>
    /// <param name="gradient">g.</param>
    /// <param name="input">x.</param>
    /// <param name="projected">u.</param>
    /// <param name="projectedGradient">Memory for v.</param>
    /// <param name="inputGradient">Receives dx, or null when nothing below is trained.</param>
    /// <param name="beta">1 to add to the gradients of A and B, 0 to replace them.</param>
    /// <param name="addsToA">Whether another part of the same layers has written the gradient of A already.</param>
    public static void Backward(
        LinearGroup group,
        LoraGroup? lora,
        Matrix gradient,
        Matrix input,
        MatrixBuffer? projected,
        MatrixBuffer projectedGradient,
        Matrix? inputGradient,
        float beta,
        bool addsToA = false)
    {
        using DisposeScope scope = NewDisposeScope();
        inputGradient?.Tensor.addmm_(gradient.Tensor, group.Weight, 0, 1);
        if (lora is null)
        {
            return;
        }

        Tensor u = projected!.Take(input.Rows).ColumnRange(0, lora.Rank).Tensor;
        Tensor v = projectedGradient.Take(input.Rows).ColumnRange(0, lora.Rank).Tensor;
        foreach (LoraGroupPart part in lora.Parts)
        {
            Tensor g = gradient.Tensor.narrow(1, part.OutputStart, part.OutputLength);
            v.narrow(1, part.RankStart, part.Rank).addmm_(g, part.BTransposed, 0, 1);
            part.BGradient!.addmm_(u.narrow(1, part.RankStart, part.Rank).t(), g, beta, part.Scale);
        }

        lora.AGradient!.addmm_(v.t(), input.Tensor, addsToA ? 1 : beta, 1);
        inputGradient?.Tensor.addmm_(v, lora.A, 1, 1);
    }
}
