namespace EdgeBuild.Benchmarks;

/// <summary>The speed of matrix products in each type, the measure of <c>train</c>.</summary>
internal sealed class GemmBenchmark : IBenchmark
{
    private const int Repetitions = 3;

    /// <inheritdoc/>
    public string Verb => "gemm";

    /// <inheritdoc/>
    public string Description => "The GEMM peak of this machine: the best of 512³, 1024³ and 2048³ in fp32 and bf16.";

    /// <inheritdoc/>
    public string? PathName => null;

    /// <inheritdoc/>
    public bool Trains => true;

    /// <inheritdoc/>
    public Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        var best = new Dictionary<(string Type, int Size), double>();
        for (int repetition = 0; repetition < Repetitions; repetition++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach ((string type, int size, double gflops) in GemmPeak.MeasureAll())
            {
                best[(type, size)] = Math.Max(best.GetValueOrDefault((type, size)), gflops);
            }
        }

        var peaks = best.GroupBy(entry => entry.Key.Type).ToDictionary(group => group.Key, group => group.Max(entry => entry.Value));
        return Task.FromResult(new BenchmarkResult(
            [
                .. best.Select(entry => new Figure
                {
                    Name = $"{entry.Key.Type} {entry.Key.Size}³",
                    Value = entry.Value,
                    Unit = "GFLOP/s",
                    ReferenceName = $"peak {entry.Key.Type}",
                    Reference = peaks[entry.Key.Type],
                }),
            ],
            peaks));
    }
}
