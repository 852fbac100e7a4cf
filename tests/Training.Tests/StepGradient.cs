using static TorchSharp.torch;

namespace EdgeBuild.Training.Tests;

/// <summary>What the trainer computes for one step, before the optimizer.</summary>
/// <param name="Loss">The weighted mean loss.</param>
/// <param name="Values">The gradient of the adapter in the order of its layout.</param>
internal sealed record StepGradient(double Loss, float[] Values)
{
    public static StepGradient Of(
        BaseModel model,
        LoraAdapter adapter,
        IReadOnlyList<TrainingExample> examples,
        bool sharePrefix = true,
        LayerKernels? kernels = null,
        int mostTokens = int.MaxValue,
        bool recomputes = false,
        double tokenLossWeight = 1)
    {
        using IDisposable noGradient = no_grad();
        using var state = new LoraState(model, adapter, training: true);
        using var pass = new TransformerPass(model, state, keepActivations: true, kernels, recomputes);
        return Of(state, pass, examples, sharePrefix, mostTokens, tokenLossWeight);
    }

    public static StepGradient Of(LoraState state, TransformerPass pass, IReadOnlyList<TrainingExample> examples, bool sharePrefix, int mostTokens = int.MaxValue, double tokenLossWeight = 1)
    {
        var scale = LossScale.For(examples, tokenLossWeight);
        double loss = 0;
        state.ClearGradient();
        foreach (IReadOnlyList<TrainingExample> part in StepPlan.Split(examples, mostTokens))
        {
            TokenBatch batch = TokenBatch.Create(part, sharePrefix);
            if (batch.Targets.Length > 0)
            {
                loss += pass.Train(batch, scale, CancellationToken.None).Sum(scale);
            }
        }

        using Tensor gradient = state.Gradient!.cpu();
        return new StepGradient(loss, gradient.data<float>().ToArray());
    }

    public void AssertEqual(StepGradient expected, double tolerance)
    {
        Assert.AreEqual(expected.Loss, Loss, tolerance * expected.Loss);
        Assert.IsLessThan(tolerance, Compare.RelativeError(Values, expected.Values));
    }
}
