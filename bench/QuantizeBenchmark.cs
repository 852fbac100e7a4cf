using System.Diagnostics;

using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Benchmarks;

/// <summary>Merging an adapter and quantizing, against llama.cpp's own quantizer on the merged file, in turns in the same run.</summary>
internal sealed class QuantizeBenchmark : IBenchmark
{
    private const int Rounds = 5;
    private const int Rank = 16;
    private const double Goal = 1.3;

    private static readonly string[] _types = ["Q8_0", "Q4_0", "Q4_K_M"];
    private static readonly Dictionary<string, float[]> _noImportance = [];

    /// <inheritdoc/>
    public string Verb => "quantize";

    /// <inheritdoc/>
    public string Description => "Merge and quantize against llama.cpp's quantizer on the merged file; MODEL.gguf is any base, by default the embedded one.";

    /// <inheritdoc/>
    public string PathName => "MODEL.gguf";

    /// <inheritdoc/>
    public bool Trains => false;

    /// <inheritdoc/>
    public async Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        var figures = new List<Figure>();
        foreach (string path in paths.Count == 0 ? [RepositoryFolder.EmbeddedBase] : paths)
        {
            using var folder = new TemporaryFolder();
            string adapter = folder.PathOf("adapter.gguf");
            string merged = folder.PathOf("merged.gguf");
            RandomAdapter.Write(path, adapter, Rank);
            TrainingPlan plan = Plan(path);
            QuantizeStage.Run(plan, "F32", adapter, merged, _noImportance, cancellationToken);
            foreach (string type in _types)
            {
                await log.WriteLineAsync($"{Path.GetFileName(path)}: {type}");
                var own = new List<double>();
                var reference = new List<double>();
                for (int round = 0; round < Rounds; round++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    own.Add(Time(() => QuantizeStage.Run(plan, type, adapter, folder.PathOf("own.gguf"), _noImportance, cancellationToken)));
                    reference.Add(Time(() => ModelQuantizer.Quantize(merged, folder.PathOf("reference.gguf"), type)));
                }

                double ratio = own.Zip(reference, (left, right) => left / right).Order().ElementAt(Rounds / 2);
                figures.Add(new Figure
                {
                    Name = $"{Path.GetFileNameWithoutExtension(path)} {type}, merged with rank {Rank}",
                    Value = own.Order().ElementAt(Rounds / 2),
                    Unit = "ms",
                    ReferenceName = "llama_model_quantize on the merged F32 file",
                    Reference = reference.Order().ElementAt(Rounds / 2),
                    Goal = $"≤ {Goal} times, median of the rounds",
                    Passed = ratio <= Goal,
                });
            }
        }

        return new BenchmarkResult(figures);
    }

    private static double Time(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static TrainingPlan Plan(string basePath) => new()
    {
        Model = "Measured",
        AdapterKey = "adapter",
        ModelKey = "model",
        ParentAdapterKey = string.Empty,
        Quantization = _types[0],
        CacheDirectory = string.Empty,
        Base = new PlannedBase("base", basePath, string.Empty, string.Empty, string.Empty),
        Recipe = new PlannedRecipe(),
        Gates = new PlannedGates(null, null),
        Prompts = [],
        LastAccuracy = new Dictionary<string, double>(),
        MaxTrainingMinutes = 0,
        Threads = 0,
        Offline = true,
    };
}
