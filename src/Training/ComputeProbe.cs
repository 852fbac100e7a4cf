using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>Which number format multiplies matrices faster on this machine: measured in a few milliseconds, not guessed from the processor's name.</summary>
/// <param name="Choice">The faster one.</param>
/// <param name="Float32Gflops">Billions of operations per second in 32-bit floats.</param>
/// <param name="BFloat16Gflops">Billions of operations per second in bf16.</param>
public sealed record ComputeProbe(ComputeType Choice, double Float32Gflops, double BFloat16Gflops)
{
    /// <summary>bf16 must gain this much, since it costs precision.</summary>
    private const double RequiredGain = 1.2;

    private const int LargestRows = 256;

    /// <summary>
    /// A plain loop is a hundred times slower than instructions made for it. Anything nearer is a hiccup of the machine, which must not decide.
    /// </summary>
    private const int PlainLoopFactor = 25;

    /// <summary>The best of so many counts, over at least so long.</summary>
    private const int LeastAttempts = 8;
    private static readonly TimeSpan _leastTime = TimeSpan.FromMilliseconds(8);

    /// <summary>
    /// Both types are timed in turn so often, an odd number, and the median of the ratios decides. Other processes hold a processor for some
    /// milliseconds, as right after a build; the best time of one type and that of the other, from different moments, say nothing about each other.
    /// </summary>
    private const int Pairs = 5;

    /// <summary>Times both formats at a model's own shapes; libtorch is loaded first when it is not yet.</summary>
    /// <param name="configuration">The model.</param>
    /// <param name="device">Where to measure.</param>
    /// <returns>The figures and the choice.</returns>
    public static ComputeProbe Measure(ModelConfiguration configuration, TrainingDevice device = TrainingDevice.Auto)
    {
        LibTorch.Load();
        return Measure(configuration, BaseModel.ChooseDevice(device));
    }

    /// <summary>Gets the speed of a format.</summary>
    /// <param name="type">The format, not Auto.</param>
    /// <returns>Billions of operations per second.</returns>
    public double GflopsOf(ComputeType type) => type == ComputeType.BFloat16 ? BFloat16Gflops : Float32Gflops;

    /// <summary>Times both formats at a model's own shapes.</summary>
    /// <param name="configuration">The model.</param>
    /// <param name="device">Where to measure.</param>
    /// <returns>The figures and the choice.</returns>
    internal static ComputeProbe Measure(ModelConfiguration configuration, Device device) =>
        Measure(configuration.EmbeddingLength, configuration.FeedForwardLength, device);

    /// <summary>Times both formats for a matrix product.</summary>
    /// <param name="inputLength">The width of the input.</param>
    /// <param name="outputLength">The width of the output.</param>
    /// <param name="device">Where to measure.</param>
    /// <returns>The figures and the choice.</returns>
    internal static ComputeProbe Measure(int inputLength, int outputLength, Device device)
    {
        LibTorch.Load();
        using IDisposable noGradient = no_grad();

        // Smallest first: where bf16 is a plain loop, one small product says so and the large ones are not run.
        double single = 0;
        double half = 0;
        double gain = 0;
        for (int rows = 16; rows <= LargestRows; rows *= 4)
        {
            int outputs = Math.Min(outputLength, rows * 16);
            (double Single, double Half)[] pairs =
            [
                .. Enumerable.Range(0, Pairs).Select(_ =>
                    (Rate(ScalarType.Float32, rows, inputLength, outputs, device), Rate(ScalarType.BFloat16, rows, inputLength, outputs, device))),
            ];
            single = pairs.Max(pair => pair.Single);
            half = pairs.Max(pair => pair.Half);
            gain = pairs.Select(pair => pair.Half / pair.Single).Order().ElementAt(Pairs / 2);
            if (gain * PlainLoopFactor < 1)
            {
                break;
            }
        }

        return new ComputeProbe(gain > RequiredGain ? ComputeType.BFloat16 : ComputeType.Float32, single, half);
    }

    private static double Rate(ScalarType type, int rows, int inputLength, int outputLength, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = ones(rows, inputLength, dtype: type, device: device);
        Tensor weight = ones(outputLength, inputLength, dtype: type, device: device).t();
        Tensor output = zeros(rows, outputLength, dtype: type, device: device);
        double best = double.MaxValue;
        long began = Stopwatch.GetTimestamp();
        for (int attempt = 0; attempt < LeastAttempts || Stopwatch.GetElapsedTime(began) < _leastTime; attempt++)
        {
            long start = Stopwatch.GetTimestamp();
            output.addmm_(input, weight, 0, 1);
            if (device.type == DeviceType.CUDA)
            {
                cuda.synchronize();
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * rows * inputLength * outputLength / best / 1e9;
    }
}
