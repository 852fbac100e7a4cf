using System.Globalization;
using EdgeBuild.Training;

namespace EdgeBuild.Benchmarks;

/// <summary>
/// The speed and memory of a training step, in this process: rank 8 on all linear layers, 16 texts of 48 tokens with nothing in common, 4 supervised
/// tokens each. Useful work is 4 operations per frozen linear parameter and token, plus the head at supervised positions; it is held against
/// the GEMM peak of the same run, taken before, between and after.
/// </summary>
internal sealed class TrainStepBenchmark : IBenchmark
{
    private const int Rank = 8;
    private const int TextLength = 48;
    private const int SupervisedTokens = 4;
    private const int TextsPerStep = 16;
    private const int MostSteps = 12;
    private const double RequiredShare = 0.70;
    private const double SmallModelBytes = 1.7e9;
    private const double LargeModelBytes = 20.0 * (1L << 30);
    private static readonly TimeSpan _timedAtLeast = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public string Verb => "train-step";

    /// <inheritdoc/>
    public string Description =>
        $"One case of 'train', in this process: MODEL.gguf, or {string.Join(", ", ModelShape.Names)} with random weights; then fp32 or bf16, and 'quantized' to keep the base so.";

    /// <inheritdoc/>
    public string PathName => "CASE";

    /// <inheritdoc/>
    public bool Trains => true;

    /// <inheritdoc/>
    public Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        TrainCase measured = TrainCase.Parse(paths);
        BaseModelHeader header = Header(measured);
        ComputeProbe probe = ComputeProbe.Measure(header.Configuration, TrainingDevice.Cpu);
        var recipe = new TrainingRecipe { Rank = Rank, Alpha = 2 * Rank, BatchSize = TextsPerStep, Epochs = 1, ComputeType = measured.Type };
        TrainingExample[] texts = Texts(header.Configuration, (MostSteps + 2) * TextsPerStep);
        var estimator = new TrainingEstimator(header, probe, measured.Type, recipe, texts, []);
        TrainingEstimate estimate = estimator.Estimate(estimator.Plain with { KeepsBaseQuantized = measured.KeepQuantized });
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{measured.Name}: estimated {estimate.PeakMemory / 1e9:0.00} GB"));

        var options = new BaseModelOptions { ComputeType = measured.Type, Device = TrainingDevice.Cpu, KeepQuantized = measured.KeepQuantized, Probe = probe };
        using BaseModel model = ModelShape.Find(measured.Model) is { } shape
            ? BaseModel.Random(shape, options, seed: 1)
            : BaseModel.Load(measured.Model, options, cancellationToken);
        using LoraAdapter start = LoraAdapter.Create(model, Rank, 2 * Rank, seed: 1);
        var timing = new StepTiming(measured.Type, _timedAtLeast, log);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timing.Enough += enough.Cancel;
        try
        {
            new LoraTrainer(model, start, recipe) { Memory = estimate.Memory, Log = timing }.Run(texts, [], cancellationToken: enough.Token).Adapter.Dispose();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The model is large; some steps are enough.
        }

        timing.End();
        return Task.FromResult(new BenchmarkResult([.. Figures(measured, header, estimate, timing)], timing.Peaks));
    }

    private static IEnumerable<Figure> Figures(TrainCase measured, BaseModelHeader header, TrainingEstimate estimate, StepTiming timing)
    {
        const double tokens = TextsPerStep * TextLength;
        ModelConfiguration configuration = header.Configuration;
        double head = (double)configuration.VocabularySize * configuration.EmbeddingLength * TextsPerStep * SupervisedTokens;
        double work = 4 * ((configuration.LinearParameterCount * tokens) + head);
        double seconds = timing.MedianSeconds;
        double peak = timing.Peaks[measured.TypeName];
        bool isSmall = ModelShape.Find(measured.Model) is null;
        bool isLarge = measured.Model == ModelShape.Phi4Mini;
        yield return new Figure { Name = $"{measured.Name}: tokens", Value = tokens / seconds, Unit = "/s" };
        yield return new Figure
        {
            Name = $"{measured.Name}: useful work",
            Value = work / seconds / 1e9,
            Unit = "GFLOP/s",
            ReferenceName = $"GEMM peak {measured.TypeName}",
            Reference = peak,
            Goal = isSmall ? string.Create(CultureInfo.InvariantCulture, $">= {RequiredShare:0.00} of the peak") : null,
            Passed = isSmall ? work / seconds / 1e9 >= RequiredShare * peak : null,
        };
        yield return new Figure
        {
            Name = $"{measured.Name}: time of a step",
            Value = seconds,
            Unit = "s",
            ReferenceName = "estimated",
            Reference = estimate.Duration.TotalSeconds / estimate.Steps,
        };
        yield return new Figure
        {
            Name = $"{measured.Name}: peak resident memory",
            Value = timing.PeakMemory / 1e9,
            Unit = "GB",
            ReferenceName = "estimated",
            Reference = estimate.PeakMemory / 1e9,
            Goal = isSmall ? "<= 1.7 GB" : isLarge ? "<= 20 GiB" : null,
            Passed = isSmall ? timing.PeakMemory <= SmallModelBytes : isLarge ? timing.PeakMemory <= LargeModelBytes : null,
        };
    }

    private static BaseModelHeader Header(TrainCase measured)
    {
        if (ModelShape.Find(measured.Model) is not { } shape)
        {
            return BaseModelHeader.Read(measured.Model);
        }

        // Blocks of 32 values in 34 bytes.
        const double Q8Bytes = 34.0 / 32;
        return new BaseModelHeader { Configuration = shape, StoredBytes = measured.KeepQuantized ? (long)(shape.LinearParameterCount * Q8Bytes) : 0 };
    }

    private static TrainingExample[] Texts(ModelConfiguration configuration, int count)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(_ => new TrainingExample(Tokens(TextLength - SupervisedTokens + 1), Tokens(SupervisedTokens)))];

        int[] Tokens(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(configuration.VocabularySize))];
    }
}
