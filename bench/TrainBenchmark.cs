using System.Globalization;

using EdgeBuild.Training;

namespace EdgeBuild.Benchmarks;

/// <summary>
/// The speed of a training step: rank 8 on all linear layers, 16 texts of 48 tokens with nothing in common, 4 supervised tokens each. Useful
/// work is 4 operations per frozen linear parameter and token, plus the head at supervised positions; it is held against the GEMM peak of
/// the same run, taken before, between and after.
/// </summary>
internal sealed class TrainBenchmark : IBenchmark
{
    private const int Rank = 8;
    private const int TextLength = 48;
    private const int SupervisedTokens = 4;
    private const int TextsPerStep = 16;
    private const int WarmUpSteps = 2;
    private const int Steps = 12;
    private const double Goal = 0.70;

    /// <inheritdoc/>
    public string Verb => "train";

    /// <inheritdoc/>
    public string Description => "Tokens per second of a training step, as a share of the GEMM peak; MODEL.gguf is any base, by default the embedded one.";

    /// <inheritdoc/>
    public string PathName => "MODEL.gguf";

    /// <inheritdoc/>
    public bool Trains => true;

    /// <inheritdoc/>
    public Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> models = paths.Count > 0 ? paths : [RepositoryFolder.EmbeddedBase];
        var peaks = new Dictionary<string, double>(GemmPeak.Measure());
        var figures = new List<Figure>();
        foreach (string path in models)
        {
            // A type without instructions of its own is a plain loop, which nobody would choose.
            ComputeType[] types = peaks["bf16"] > peaks["fp32"] ? [ComputeType.BFloat16, ComputeType.Float32] : [ComputeType.Float32];
            foreach (ComputeType type in types)
            {
                string typeName = type == ComputeType.BFloat16 ? "bf16" : "fp32";
                log.WriteLine($"{Path.GetFileName(path)}, {typeName}");
                Speed speed = Measure(path, type, cancellationToken);
                foreach ((string name, double value) in GemmPeak.Measure())
                {
                    peaks[name] = Math.Max(peaks[name], value);
                }

                figures.Add(new Figure { Name = $"{typeName}: tokens", Value = speed.TokensPerSecond, Unit = "/s" });
                figures.Add(new Figure
                {
                    Name = $"{typeName}: useful work",
                    Value = speed.UsefulGflops,
                    Unit = "GFLOP/s",
                    ReferenceName = $"GEMM peak {typeName}",
                    Reference = peaks[typeName],
                    Goal = string.Create(CultureInfo.InvariantCulture, $">= {Goal:0.00} of the peak"),
                    Passed = speed.UsefulGflops >= Goal * peaks[typeName],
                });
                figures.Add(new Figure { Name = $"{typeName}: peak resident memory so far", Value = speed.PeakMemory / 1e9, Unit = "GB" });
            }
        }

        return Task.FromResult(new BenchmarkResult(figures, peaks));
    }

    private static Speed Measure(string path, ComputeType type, CancellationToken cancellationToken)
    {
        using BaseModel model = BaseModel.Load(path, type, TrainingDevice.Cpu, cancellationToken);
        using LoraAdapter start = LoraAdapter.Create(model, Rank, 2 * Rank, seed: 1);
        TrainingResult warmUp = Run(WarmUpSteps);
        TrainingResult timed = Run(WarmUpSteps + Steps);
        warmUp.Adapter.Dispose();
        timed.Adapter.Dispose();

        // Both runs begin with the same steps, in which buffers are made.
        double seconds = Seconds(timed) - Seconds(warmUp);
        const double tokens = (double)Steps * TextsPerStep * TextLength;
        ModelConfiguration configuration = model.Configuration;
        double linear = configuration.LayerCount * (double)configuration.EmbeddingLength
            * ((2.0 * configuration.QueryLength) + (2.0 * configuration.KeyLength) + (3.0 * configuration.FeedForwardLength));
        double head = (double)configuration.VocabularySize * configuration.EmbeddingLength;
        double work = 4 * ((linear * tokens) + (head * Steps * TextsPerStep * SupervisedTokens));
        return new Speed(tokens / seconds, work / seconds / 1e9, timed.PeakMemory);

        static double Seconds(TrainingResult run) => run.Tokens / run.TokensPerSecond;

        TrainingResult Run(int steps)
        {
            var recipe = new TrainingRecipe { Rank = Rank, Alpha = 2 * Rank, BatchSize = TextsPerStep, Epochs = 1, ComputeType = type };
            return new LoraTrainer(model, start, recipe).Run(Texts(model, steps * TextsPerStep), [], cancellationToken: cancellationToken);
        }
    }

    private static TrainingExample[] Texts(BaseModel model, int count)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(_ => new TrainingExample(Tokens(TextLength - SupervisedTokens + 1), Tokens(SupervisedTokens)))];

        int[] Tokens(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(model.Configuration.VocabularySize))];
    }

    private sealed record Speed(double TokensPerSecond, double UsefulGflops, long PeakMemory);
}
