using System.Diagnostics;

using EdgeBuild.Training;

using TorchSharp;

namespace EdgeBuild.Benchmarks;

/// <summary>The most that libtorch gets out of this machine: the best of 512³, 1024³ and 2048³ in each type.</summary>
internal static class GemmPeak
{
    private const string Float32 = "fp32";
    private const string BFloat16 = "bf16";
    private const int LeastAttempts = 5;
    private static readonly TimeSpan _leastTime = TimeSpan.FromMilliseconds(200);
    private static readonly int[] _sizes = [512, 1024, 2048];

    /// <summary>Measures the peaks; about two seconds.</summary>
    /// <returns>GFLOP/s by type: <c>fp32</c> and <c>bf16</c>.</returns>
    /// <exception cref="Contracts.EdgeBuildException">EDGE4006: libtorch cannot be loaded.</exception>
    public static IReadOnlyDictionary<string, double> Measure() => MeasureAll()
        .GroupBy(product => product.Type)
        .ToDictionary(group => group.Key, group => group.Max(product => product.Gflops));

    /// <summary>Measures the peak of one type.</summary>
    /// <param name="type">The type.</param>
    /// <returns>GFLOP/s by type, with one entry.</returns>
    public static IReadOnlyDictionary<string, double> Measure(ComputeType type)
    {
        (string name, torch.ScalarType scalar) = type == ComputeType.BFloat16 ? (BFloat16, torch.ScalarType.BFloat16) : (Float32, torch.ScalarType.Float32);
        return new Dictionary<string, double> { [name] = _sizes.Max(size => Rate(size, scalar)) };
    }

    /// <summary>Measures every size and type.</summary>
    /// <returns>GFLOP/s.</returns>
    /// <exception cref="Contracts.EdgeBuildException">EDGE4006: libtorch cannot be loaded.</exception>
    public static IEnumerable<(string Type, int Size, double Gflops)> MeasureAll()
    {
        LibTorch.Load();
        double single = 0;
        foreach (int size in _sizes)
        {
            double rate = Rate(size, torch.ScalarType.Float32);
            single = Math.Max(single, rate);
            yield return (Float32, size, rate);
        }

        double half = 0;
        foreach (int size in _sizes)
        {
            double rate = Rate(size, torch.ScalarType.BFloat16);
            half = Math.Max(half, rate);
            yield return (BFloat16, size, rate);

            // Without bf16 instructions libtorch runs a plain loop, a hundred times slower: 2048³ of it takes ten seconds and tells nothing new.
            if (half * 20 < single)
            {
                break;
            }
        }
    }

    private static double Rate(int size, torch.ScalarType type)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable noGradient = torch.no_grad();
        torch.Tensor left = torch.ones(size, size, dtype: type);
        torch.Tensor right = torch.ones(size, size, dtype: type);
        torch.Tensor product = torch.zeros(size, size, dtype: type);
        double best = double.MaxValue;
        long began = Stopwatch.GetTimestamp();
        for (int attempt = 0; attempt < LeastAttempts || Stopwatch.GetElapsedTime(began) < _leastTime; attempt++)
        {
            long start = Stopwatch.GetTimestamp();
            product.addmm_(left, right, 0, 1);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * size * size * size / best / 1e9;
    }
}
