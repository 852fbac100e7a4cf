using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training.Tests;

/// <summary>
/// The training of a fixture in 64-bit floats: AdamW and the clipping of gradients as PyTorch defines them, on the gradients of
/// <see cref="OracleModel"/>. How far it is from PyTorch's own run in 32-bit floats is how far rounding alone leads.
/// </summary>
/// <param name="GradientNorms">The norm of each step, before clipping.</param>
/// <param name="Adapter">A and B of each layer after the last step, by the names of their tensors; B as [output, rank].</param>
internal sealed record OracleTraining(double[] GradientNorms, IReadOnlyDictionary<string, (float[] A, float[] B)> Adapter)
{
    private const double FirstDecay = 0.9;
    private const double SecondDecay = 0.999;
    private const double Epsilon = 1e-8;

    public static OracleTraining Run(Fixture fixture, string startPath)
    {
        using DisposeScope scope = NewDisposeScope();
        var model = new OracleModel(fixture.File("base.gguf"), startPath);
        Tensor[] parameters = [.. model.Adapter.Values.SelectMany(pair => new[] { pair.A, pair.B })];
        Tensor[] first = [.. parameters.Select(parameter => zeros_like(parameter, requires_grad: false))];
        Tensor[] second = [.. parameters.Select(parameter => zeros_like(parameter, requires_grad: false))];
        var norms = new List<double>();
        for (int step = 1; step <= fixture.Losses.Length; step++)
        {
            using DisposeScope stepScope = NewDisposeScope();
            model.Train(fixture.Examples);
            using IDisposable noGradient = no_grad();
            norms.Add(Math.Sqrt(parameters.Sum(parameter => parameter.grad!.square().sum().item<double>())));
            double clip = Math.Min(1, 1 / (norms[^1] + 1e-6));
            for (int index = 0; index < parameters.Length; index++)
            {
                Tensor gradient = parameters[index].grad!.mul(clip);
                first[index].mul_(FirstDecay).add_(gradient.mul(1 - FirstDecay));
                second[index].mul_(SecondDecay).add_(gradient.square().mul(1 - SecondDecay));
                Tensor root = second[index].div(1 - Math.Pow(SecondDecay, step)).sqrt().add(Epsilon);
                parameters[index].mul_(1 - (fixture.LearningRate * fixture.WeightDecay));
                parameters[index].sub_(first[index].div(1 - Math.Pow(FirstDecay, step)).div(root).mul(fixture.LearningRate));
                parameters[index].grad!.zero_();
            }
        }

        return new OracleTraining([.. norms], model.Adapter.ToDictionary(entry => entry.Key, entry => (Values(entry.Value.A), Values(entry.Value.B))));
    }

    private static float[] Values(Tensor tensor) => tensor.detach().to(ScalarType.Float32).data<float>().ToArray();
}
