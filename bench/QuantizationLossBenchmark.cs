using System.CommandLine;
using System.Globalization;

using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Worker;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Benchmarks;

/// <summary>
/// What quantizing costs: one trained adapter, merged and written in every type, each file measured on all test rows through the runtime and compared
/// with the unquantized model row by row, by the test that the report and the gates use.
/// </summary>
internal sealed class QuantizationLossBenchmark : IBenchmark
{
    private const string Judged = "Q4_0";

    private static readonly string[] _defaultTypes = ["Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q4_1", Judged, "IQ4_NL"];
    private static readonly string[] _lockedBuild = ["-p:EdgeBuildTraining=Locked"];

    private readonly Option<string[]> _named = new("--type")
    {
        Description = "A type to measure; may be given several times.",
        HelpName = "Q4_0",
        DefaultValueFactory = _ => _defaultTypes,
    };

    private readonly Option<bool> _plain = new("--plain") { Description = "Rounds without an importance matrix, unlike a build." };
    private string[] _types = _defaultTypes;
    private bool _withImportance = true;

    /// <inheritdoc/>
    public string Verb => "quantization-loss";

    /// <inheritdoc/>
    public string Description => "What each type costs on the test rows, against the unquantized model. PROJECT is one whose locked model and adapter are in the cache, by default samples/TicketTriage.";

    /// <inheritdoc/>
    public string PathName => "PROJECT";

    /// <inheritdoc/>
    public bool Trains => false;

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [_named, _plain];

    /// <inheritdoc/>
    public void Use(ParseResult parsed)
    {
        _types = parsed.GetRequiredValue(_named);
        _withImportance = !parsed.GetValue(_plain);
    }

    /// <inheritdoc/>
    public async Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        var figures = new List<Figure>();
        foreach (string path in paths.Count == 0 ? [RepositoryFolder.Sample] : paths)
        {
            string project = Path.GetFullPath(path);
            await log.WriteLineAsync($"Building {project}, which trains nothing");
            await ProjectBuild.RunAsync(project, _lockedBuild, cancellationToken: cancellationToken);
            figures.AddRange(await MeasureAsync(Find(project), log, cancellationToken));
        }

        return new BenchmarkResult(figures);
    }

    private static BuiltModel Find(string project)
    {
        var model = BuiltModel.Find(project, null);
        return model switch
        {
            { IsAdapter: true } => throw new EdgeBuildException(ErrorCodes.ModelNotBuilt, $"'{model.Plan.Name}' is an adapter that is loaded at run time: nothing is merged, so nothing is quantized. Name a project with a merged model.", project),
            _ when !File.Exists(model.AdapterPath) => throw new EdgeBuildException(ErrorCodes.ModelNotBuilt, $"The adapter of '{model.Plan.Name}' is not in the cache '{model.Plan.CacheDirectory}'. Set EDGEBUILD_CACHE to the cache of the build that trained it.", project),
            _ => model,
        };
    }

    private async Task<IEnumerable<Figure>> MeasureAsync(BuiltModel model, TextWriter log, CancellationToken cancellationToken)
    {
        IReadOnlyList<TrainedPrompt> prompts = model.LoadPrompts();
        RowSet rows = model.LoadRows(prompts);
        using var folder = new TemporaryFolder();
        using LlamaModel vocabulary = LlamaModel.Load(model.Plan.Base.Path, new LlamaModelOptions { VocabularyOnly = true }, cancellationToken);
        var examples = new ExampleBuilder(vocabulary.Vocabulary, prompts);
        IReadOnlyDictionary<string, float[]> importance = _withImportance
            ? TrainingImportance.Measure(model.Plan, model.AdapterPath, examples.Build(rows.Train), cancellationToken)
            : new Dictionary<string, float[]>();
        using UnquantizedModel unquantized = UnquantizedModel.Create(model.Plan, model.AdapterPath, folder.PathOf("model.gguf"), EvaluateAsync, cancellationToken);
        IReadOnlyList<OutputEvaluation> exact = await unquantized.EvaluateAsync(rows.Test);
        IReadOnlyList<LabelledRow> learned = HeadRefitStage.Rows(rows, examples);
        var figures = new List<Figure>();
        foreach (string type in _types)
        {
            // A name of its own: the runtime shares what it has loaded under a name.
            string path = folder.PathOf(type + ".gguf");
            bool weighs = _withImportance && QuantizationNames.UsesImportance(type);
            QuantizedFile file = QuantizeStage.Run(model.Plan, type, model.AdapterPath, path, weighs ? importance : new Dictionary<string, float[]>(), cancellationToken);
            await log.WriteLineAsync(file.Describe());
            await HeadRefitStage.RunAsync(
                path,
                type,
                learned,
                some => ModelEvaluator.AnswerAsync(model.Measured with { Path = path }, some, model.Plan.ThreadLimit, keepHiddenStates: true, _ => { }, cancellationToken),
                cancellationToken);
            IReadOnlyList<OutputEvaluation> answers = await EvaluateAsync(path, rows.Test, type);
            long size = new FileInfo(path).Length;
            File.Delete(path);
            figures.AddRange(answers.Select(answer => Compare(answer, answer.In(exact)!, string.Create(CultureInfo.InvariantCulture, $"{file.Quantization}{(weighs ? ", importance matrix" : string.Empty)}, {size / 1e6:0.0} MB"))));
        }

        return figures;

        async Task<IReadOnlyList<OutputEvaluation>> EvaluateAsync(string path, IReadOnlyList<LabelledRow> some, string text)
        {
            await log.WriteLineAsync($"{model.Plan.Name}: {text}, {some.Count} rows");
            return await ModelEvaluator.EvaluateAsync(model.Measured with { Path = path }, some, model.Plan.ThreadLimit, _ => { }, cancellationToken);
        }
    }

    private static Figure Compare(OutputEvaluation quantized, OutputEvaluation exact, string file)
    {
        (string difference, bool worse) = Difference(quantized, exact);
        bool judged = file.StartsWith(Judged + ",", StringComparison.Ordinal);
        return new Figure
        {
            Name = $"{file}: {quantized.Prompt}/{quantized.Output}, {quantized.Rows} rows",
            Value = quantized.Shown.Value,
            Unit = "%",
            ReferenceName = $"{UnquantizedModel.Type}: {difference}",
            Reference = exact.Shown.Value,
            Goal = judged ? "not significantly worse" : null,
            Passed = judged ? !worse : null,
        };
    }

    private static (string Text, bool IsWorse) Difference(OutputEvaluation quantized, OutputEvaluation exact)
    {
        if (quantized.Kind == OutputKind.Text)
        {
            var texts = TextComparison.Of(quantized.Outcomes, exact.Outcomes);
            return ($"ROUGE-L {Points(texts.RougeL)} ({Points(texts.RougeLInterval.Low)} to {Points(texts.RougeLInterval.High)})", texts.IsSignificantlyWorse);
        }

        var pairs = PairedComparison.Of(quantized.Outcomes, exact.Outcomes);
        return (
            string.Create(CultureInfo.InvariantCulture, $"{Points(pairs.Difference)} ({Points(pairs.Interval.Low)} to {Points(pairs.Interval.High)}), {pairs.Gained} gained, {pairs.Lost} lost, p = {pairs.PValue:0.000}"),
            pairs.IsSignificantlyWorse);
    }

    private static string Points(double share) => (share * 100).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
}
