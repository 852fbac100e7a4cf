using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>
/// AdamW with decoupled weight decay on one flat parameter (Loshchilov and Hutter, "Decoupled weight decay regularization"); the order of operations
/// is that of PyTorch's <c>torch.optim.AdamW</c>.
/// </summary>
internal sealed class AdamOptimizer : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly Tensor _parameters;
    private readonly long _lengthA;
    private readonly long _lengthAdapter;

    /// <summary>Initializes a new instance of the <see cref="AdamOptimizer"/> class.</summary>
    /// <param name="parameters">The flat parameter.</param>
    /// <param name="lengthA">The number of values that use the plain learning rate.</param>
    /// <param name="lengthAdapter">The number of values of A and B; label heads follow.</param>
    public AdamOptimizer(Tensor parameters, long lengthA, long lengthAdapter)
    {
        _lengthAdapter = lengthAdapter;
        _parameters = parameters;
        _lengthA = lengthA;
        FirstMoment = zeros_like(parameters).DetachFromDisposeScope();
        SecondMoment = zeros_like(parameters).DetachFromDisposeScope();
    }

    /// <summary>Gets the running mean of gradients.</summary>
    public Tensor FirstMoment { get; }

    /// <summary>Gets the running mean of squared gradients.</summary>
    public Tensor SecondMoment { get; }

    /// <summary>Gets or sets the number of steps done.</summary>
    public int StepCount { get; set; }

    /// <summary>Does a step.</summary>
    /// <param name="gradient">The gradient; that of A and B is scaled when it is clipped.</param>
    /// <param name="clipNorm">The largest norm of the gradient of A and B, or 0.</param>
    /// <param name="learningRate">The learning rate of A.</param>
    /// <param name="learningRateB">The learning rate of B.</param>
    /// <param name="learningRateHeads">The learning rate of label heads.</param>
    /// <param name="weightDecay">The weight decay.</param>
    /// <returns>The norm of the gradient of A and B before clipping.</returns>
    public double Step(Tensor gradient, double clipNorm, double learningRate, double learningRateB, double learningRateHeads, double weightDecay)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor adapter = gradient.narrow(0, 0, _lengthAdapter);
        double norm = adapter.norm().cpu().item<float>();
        double clip = clipNorm > 0 ? Math.Min(1, clipNorm / (norm + 1e-6)) : 1;
        if (!double.IsFinite(norm))
        {
            return norm;
        }

        if (clip < 1)
        {
            adapter.mul_((float)clip);
        }

        StepCount++;
        FirstMoment.mul_(Beta1).add_(gradient, alpha: 1 - Beta1);
        SecondMoment.mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
        Tensor denominator = SecondMoment.sqrt().div_(Math.Sqrt(1 - Math.Pow(Beta2, StepCount))).add_(Epsilon);
        Update(denominator, 0, _lengthA, learningRate, weightDecay);
        Update(denominator, _lengthA, _lengthAdapter - _lengthA, learningRateB, weightDecay);
        Update(denominator, _lengthAdapter, _parameters.numel() - _lengthAdapter, learningRateHeads, weightDecay);
        return norm;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FirstMoment.Dispose();
        SecondMoment.Dispose();
    }

    private void Update(Tensor denominator, long start, long length, double learningRate, double weightDecay)
    {
        if (length == 0)
        {
            return;
        }

        Tensor parameters = _parameters.narrow(0, start, length);
        if (weightDecay != 0)
        {
            parameters.mul_(1 - (learningRate * weightDecay));
        }

        double stepSize = learningRate / (1 - Math.Pow(Beta1, StepCount));
        parameters.addcdiv_(FirstMoment.narrow(0, start, length), denominator.narrow(0, start, length), -stepSize);
    }
}
