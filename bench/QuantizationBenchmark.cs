using System.CommandLine;
using System.Globalization;

using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Runtime;
using EdgeBuild.Worker;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Benchmarks;

/// <summary>
/// What quantizing costs a built model: each type against the same model before quantizing, on all test rows, through the runtime. Nothing is trained:
/// the adapter comes from the cache.
/// </summary>
internal sealed class QuantizationBenchmark : IBenchmark
{
    private const string Unquantized = "F16";
    private const int RowsPerMessage = 100;

    private readonly Option<string> _types = new("--types") { Description = "The types.", HelpName = "Q4_0,Q8_0", DefaultValueFactory = _ => "Q4_0,Q8_0" };
    private string[] _chosen = [];

    /// <inheritdoc/>
    public string Verb => "quantization";

    /// <inheritdoc/>
    public string Description => "Accuracy of quantized types against the unquantized model, paired row by row; PROJECT is one that was built, by default samples/TicketTriage.";

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [_types];

    /// <inheritdoc/>
    public string PathName => "PROJECT";

    /// <inheritdoc/>
    public bool Trains => true;

    /// <inheritdoc/>
    public void Use(ParseResult parsed) => _chosen = parsed.GetValue(_types)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <inheritdoc/>
    public async Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        var figures = new List<Figure>();
        foreach (string path in paths.Count == 0 ? [RepositoryFolder.Sample] : paths)
        {
            figures.AddRange(await MeasureAsync(BuiltModel.Find(path, null), log, cancellationToken));
        }

        return new BenchmarkResult(figures);
    }

    private async Task<IReadOnlyList<Figure>> MeasureAsync(BuiltModel model, TextWriter log, CancellationToken cancellationToken)
    {
        IReadOnlyList<TrainedPrompt> prompts = model.LoadPrompts();
        RowSet rows = model.LoadRows(prompts);
        string folder = Directory.CreateTempSubdirectory("edge-bench-").FullName;
        try
        {
            IReadOnlyList<OutputEvaluation> exact = await EvaluateAsync(Unquantized, new Dictionary<string, float[]>());
            IReadOnlyDictionary<string, float[]> importance = Importance(model.Plan, model.AdapterPath, prompts, rows, cancellationToken);
            var figures = new List<Figure>();
            foreach (string type in _chosen)
            {
                IReadOnlyList<OutputEvaluation> quantized = await EvaluateAsync(type, QuantizationNames.UsesImportance(type) ? importance : new Dictionary<string, float[]>());
                figures.AddRange(quantized.Select(output => Compare(model.Plan.Name, type, output, output.In(exact)!)));
            }

            return figures;

            async Task<IReadOnlyList<OutputEvaluation>> EvaluateAsync(string type, IReadOnlyDictionary<string, float[]> weights)
            {
                string file = Path.Combine(folder, type + ".gguf");
                QuantizeStage.Run(model.Plan, type, model.AdapterPath, file, weights, cancellationToken);
                int told = 0;
                return await ModelEvaluator.EvaluateAsync(
                    new MeasuredModel(file, model.Manifest),
                    rows.Test,
                    model.Plan.ThreadLimit,
                    share =>
                    {
                        int done = (int)(share * rows.Test.Count);
                        if (done / RowsPerMessage > told)
                        {
                            told = done / RowsPerMessage;
                            log.WriteLine($"{model.Plan.Name} {type}: {done} of {rows.Test.Count} rows");
                        }
                    },
                    cancellationToken);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IReadOnlyDictionary<string, float[]> Importance(
        TrainingPlan plan, string adapterPath, IReadOnlyList<TrainedPrompt> prompts, RowSet rows, CancellationToken cancellationToken)
    {
        using LlamaModel vocabulary = LlamaModel.Load(plan.Base.Path, new LlamaModelOptions { VocabularyOnly = true, Validate = false }, cancellationToken);
        return TrainingImportance.Measure(plan, adapterPath, new ExampleBuilder(vocabulary.Vocabulary, [.. prompts]).Build(rows.Train), cancellationToken);
    }

    private static Figure Compare(string model, string type, OutputEvaluation quantized, OutputEvaluation exact)
    {
        (double difference, (double low, double high), string test, bool worse) = quantized.Kind == OutputKind.Text
            ? Of(TextComparison.Of(quantized.Outcomes, exact.Outcomes))
            : Of(PairedComparison.Of(quantized.Outcomes, exact.Outcomes));
        return new Figure
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"{model} {type}, {quantized.Prompt}/{quantized.Output}, {quantized.Rows} test rows"),
            Value = quantized.Score,
            Unit = "%",
            ReferenceName = "the same model before quantizing",
            Reference = exact.Score,
            Goal = string.Create(CultureInfo.InvariantCulture, $"not significantly worse: difference {difference:+0.0 %;-0.0 %;0.0 %} ({low:+0.0 %;-0.0 %;0.0 %} to {high:+0.0 %;-0.0 %;0.0 %}), {test}"),
            Passed = !worse,
        };
    }

    private static (double Difference, (double Low, double High) Interval, string Test, bool IsWorse) Of(PairedComparison pairs) =>
        (pairs.Difference, pairs.Interval, string.Create(CultureInfo.InvariantCulture, $"{pairs.Lost} rows lost, {pairs.Gained} gained, McNemar p = {pairs.PValue:0.000}"), pairs.IsSignificantlyWorse);

    private static (double Difference, (double Low, double High) Interval, string Test, bool IsWorse) Of(TextComparison pairs) =>
        (pairs.Chrf, pairs.ChrfInterval, "chrF, paired bootstrap", pairs.IsSignificantlyWorse);
}
