using System.Globalization;

using EdgeBuild.Contracts.Json;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Training;

namespace EdgeBuild.Benchmarks;

/// <summary>
/// Whether the trainer computes the graph that llama.cpp runs: the largest difference of any logit, of the plain model and with a trained
/// adapter, for the fixture of each architecture.
/// </summary>
internal sealed class ParityBenchmark : IBenchmark
{
    private const double Goal = 1e-4;

    // llama.cpp looks the GELU of Gemma up in a table of 16-bit floats.
    private const double GemmaGoal = 5e-3;
    private const int ContextLength = 256;

    /// <inheritdoc/>
    public string Verb => "parity";

    /// <inheritdoc/>
    public string Description => "Largest difference of a logit between trainer and llama.cpp; DIR holds a fixture, by default each in tests/Fixtures.";

    /// <inheritdoc/>
    public string PathName => "DIR";

    /// <inheritdoc/>
    public bool Trains => true;

    /// <inheritdoc/>
    public Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        var figures = new List<Figure>();
        IReadOnlyList<string> folders = paths.Count > 0
            ? paths
            : [.. Directory.GetDirectories(Path.Combine(RepositoryFolder.Root, "tests", "Fixtures")).Order(StringComparer.Ordinal)];
        foreach (string folder in folders)
        {
            log.WriteLine(folder);
            string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
            double goal = name.StartsWith("gemma", StringComparison.Ordinal) ? GemmaGoal : Goal;
            string basePath = Path.Combine(folder, "base.gguf");
            int[] tokens = ReadTokens(Path.Combine(folder, "fixture.json"));
            using BaseModel trainer = BaseModel.Load(basePath, ComputeType.Float32, TrainingDevice.Cpu, cancellationToken);
            using LlamaModel runtime = LlamaModel.Load(basePath, cancellationToken: cancellationToken);
            foreach (string? adapterName in (string?[])[null, "adapter_trained.gguf"])
            {
                string? adapterPath = adapterName is null ? null : Path.Combine(folder, adapterName);
                using LoraAdapter? adapter = adapterPath is null ? null : LoraAdapter.ReadGguf(adapterPath, trainer);
                double difference = Compare(trainer.Logits(tokens, adapter), runtime, adapterPath, tokens, cancellationToken);
                figures.Add(new Figure
                {
                    Name = $"{name}{(adapterPath is null ? string.Empty : " with adapter")}, largest difference",
                    Value = difference,
                    Unit = string.Empty,
                    Goal = string.Create(CultureInfo.InvariantCulture, $"<= {goal:0e-0}"),
                    Passed = difference <= goal,
                });
            }
        }

        return Task.FromResult(new BenchmarkResult(figures));
    }

    private static int[] ReadTokens(string path) =>
    [
        .. JsonText.Parse(File.ReadAllText(path))["input_ids"]!.Items.Select(item => int.Parse(item.Text, CultureInfo.InvariantCulture)),
    ];

    private static double Compare(float[,] expected, LlamaModel model, string? adapterPath, int[] tokens, CancellationToken cancellationToken)
    {
        using LlamaContext context = model.CreateContext(new LlamaContextOptions
        {
            ContextLength = ContextLength,
            MaxOutputs = tokens.Length,
            KeyType = GgmlType.F32,
            ValueType = GgmlType.F32,
            FlashAttention = LlamaFlashAttention.Disabled,
        });
        using LlamaAdapter? adapter = adapterPath is null ? null : LlamaAdapter.Load(model, adapterPath);
        context.SetAdapter(adapter);
        var batch = new LlamaBatch(tokens.Length);
        for (int position = 0; position < tokens.Length; position++)
        {
            batch.Add(tokens[position], position, sequence: 0, wantLogits: true);
        }

        context.Decode(batch, cancellationToken);
        double largest = 0;
        for (int position = 0; position < tokens.Length; position++)
        {
            ReadOnlySpan<float> logits = context.GetLogits(position);
            for (int token = 0; token < logits.Length; token++)
            {
                double difference = Math.Abs(expected[position, token] - logits[token]);

                // A value that is not a number is no agreement.
                largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
            }
        }

        return largest;
    }
}
