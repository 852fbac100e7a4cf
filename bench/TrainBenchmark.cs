using EdgeBuild.Training;

namespace EdgeBuild.Benchmarks;

/// <summary>Runs <see cref="TrainStepBenchmark"/> for each model and number format, each in a process of its own, so that no peak of memory holds another one.</summary>
internal sealed class TrainBenchmark : IBenchmark
{
    /// <inheritdoc/>
    public string Verb => "train";

    /// <inheritdoc/>
    public string Description =>
        $"Speed and memory of a training step; MODEL.gguf or a shape's name, by default the embedded base and {string.Join(", ", ModelShape.Names)} with random weights.";

    /// <inheritdoc/>
    public string PathName => "MODEL.gguf";

    /// <inheritdoc/>
    public bool Trains => true;

    /// <inheritdoc/>
    public async Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, double> first = GemmPeak.Measure();
        var peaks = new Dictionary<string, double>(first);
        var figures = new List<Figure>();
        foreach (TrainCase measured in paths.Count > 0 ? paths.SelectMany(Cases) : ((string[])[RepositoryFolder.EmbeddedBase, .. ModelShape.Names]).SelectMany(Cases))
        {
            BenchmarkResult result = await ChildBenchmark.RunAsync("train-step", measured.Arguments, log, cancellationToken);
            figures.AddRange(result.Figures);
            foreach ((string type, double peak) in result.GemmPeaks ?? peaks)
            {
                peaks[type] = Math.Max(peaks.GetValueOrDefault(type), peak);
            }
        }

        return new BenchmarkResult(figures, peaks);

        // A type without instructions of its own is a plain loop, which nobody would choose; the largest model is for the chosen type alone.
        IEnumerable<TrainCase> Cases(string model)
        {
            bool half = first["bf16"] > first["fp32"];
            if (model == ModelShape.Phi4Mini)
            {
                ComputeType type = half ? ComputeType.BFloat16 : ComputeType.Float32;
                return half ? [new TrainCase(model, type), new TrainCase(model, type, KeepQuantized: true)] : [new TrainCase(model, type, KeepQuantized: true)];
            }

            return half ? [new TrainCase(model, ComputeType.BFloat16), new TrainCase(model, ComputeType.Float32)] : [new TrainCase(model, ComputeType.Float32)];
        }
    }
}
