using System.CommandLine;
using System.Globalization;

using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.Prompts;
using EdgeBuild.Runtime;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Benchmarks;

/// <summary>
/// The accuracy of the file that ships on a project's test rows, through the runtime, against the untuned base with the same prompt and
/// against ML.NET trained on the same rows.
/// </summary>
internal sealed class AccuracyBenchmark : IBenchmark
{
    private const double RequiredLead = 0.05;
    private const int RowsPerMessage = 100;
    private readonly Option<int> _shots = new("--shots") { Description = "Rows of each label of train.csv; 0 for all.", HelpName = "N" };
    private readonly Option<string> _seeds = new("--seeds") { Description = "Seeds of the draws of --shots.", HelpName = "0,1,2", DefaultValueFactory = _ => "0,1,2" };
    private int _shotCount;
    private int[] _drawSeeds = [0];

    /// <inheritdoc/>
    public string Verb => "accuracy";

    /// <inheritdoc/>
    public string Description => "Accuracy of the file that ships against ML.NET; DIR is a project, by default samples/TicketTriage, or a folder with train.csv and test.csv (text, category).";

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [_shots, _seeds];

    /// <inheritdoc/>
    public string PathName => "DIR";

    /// <inheritdoc/>
    public bool Trains => true;

    /// <inheritdoc/>
    public void Use(ParseResult parsed)
    {
        _shotCount = parsed.GetValue(_shots);
        _drawSeeds = _shotCount > 0 ? [.. parsed.GetValue(_seeds)!.Split(',').Select(seed => int.Parse(seed, CultureInfo.InvariantCulture))] : [0];
    }

    /// <inheritdoc/>
    public async Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        var figures = new List<Figure>();
        foreach (string path in paths.Count == 0 ? [RepositoryFolder.Sample] : paths)
        {
            string folder = Path.GetFullPath(path);
            if (File.Exists(Path.Combine(folder, "train.csv")))
            {
                figures.AddRange(await new IntentAccuracy(folder, _shotCount).MeasureAsync(_drawSeeds, log, cancellationToken));
                continue;
            }

            await log.WriteLineAsync($"Building {folder}");
            await ProjectBuild.RunAsync(folder, [], cancellationToken: cancellationToken);
            foreach (string planPath in Directory.GetFiles(Path.Combine(folder, "obj", "edge"), "*.plan.json").Order(StringComparer.Ordinal))
            {
                TrainingPlan plan = TrainingPlan.Parse(await File.ReadAllTextAsync(planPath, cancellationToken));
                foreach (PlannedPrompt prompt in plan.Prompts)
                {
                    figures.AddRange(await MeasureAsync(plan, prompt, FindShipped(folder, plan.Model), log, cancellationToken));
                }
            }
        }

        return new BenchmarkResult(figures);
    }

    private static string FindShipped(string folder, string model) =>
        Directory.GetFiles(Path.Combine(folder, "bin", "Release"), model + ".gguf", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(Path.GetDirectoryName(path)) == "edge" && !path.Contains("publish", StringComparison.Ordinal))
            .OrderByDescending(File.GetLastWriteTimeUtc)
            .FirstOrDefault()
        ?? throw new EdgeBuildException(ErrorCodes.ArtifactInvalid, $"The build put no edge/{model}.gguf beside the app.", folder);

    private static async Task<IReadOnlyList<Figure>> MeasureAsync(
        TrainingPlan plan, PlannedPrompt prompt, string shippedPath, TextWriter log, CancellationToken cancellationToken)
    {
        string source = await File.ReadAllTextAsync(prompt.Path, cancellationToken);
        PromptDocument document = PromptDocument.Parse(prompt.DisplayPath, source).Document
            ?? throw new EdgeBuildException(ErrorCodes.InvalidFrontMatter, "The prompt has errors; build the project to see them.", prompt.DisplayPath);
        IReadOnlyList<DatasetRow> rows = DatasetValidator.Load(document, prompt.Datasets, prompt.Labels);
        DatasetRow[] test = [.. rows.Where(row => row.Split == DatasetSplits.Test)];
        if (test.Length == 0)
        {
            throw new EdgeBuildException(ErrorCodes.TooFewRows, $"The prompt '{prompt.Name}' has no rows of Split=\"Test\".", prompt.DisplayPath);
        }

        var labels = LabelSet.From(document, prompt.Labels);
        string hash = CompiledPrompt.ComputeHash(document, labels);
        var definition = new PromptDefinition(plan.Model, prompt.Name, source, hash, labels.ByOutput);
        async Task<IReadOnlyList<EdgePrediction>> AnswerAsync(string name, EdgeClientOptions options)
        {
            using EdgePromptClient client = EdgePromptClient.Open(definition, options);
            var answers = new List<EdgePrediction>(test.Length);
            foreach (DatasetRow row in test)
            {
                if (answers.Count % RowsPerMessage == 0)
                {
                    await log.WriteLineAsync($"{prompt.Name}, {name}: {answers.Count} of {test.Length} rows");
                }

                answers.Add(await client.PredictAsync(InputsOf(document, row), cancellationToken));
            }

            return answers;
        }

        IReadOnlyList<EdgePrediction> shipped = await AnswerAsync("shipped file", new EdgeClientOptions { ModelPath = shippedPath });
        var untuned = new EdgeManifest { Model = plan.Model, Prompts = [new EdgeManifestPrompt { Name = prompt.Name, Hash = hash }] };
        IReadOnlyList<EdgePrediction> fromBase = await AnswerAsync(
            "untuned base", new EdgeClientOptions { ModelPath = plan.Base.Path, Manifest = untuned, VerifyHashes = false });
        await log.WriteLineAsync($"{prompt.Name}, ML.NET");
        return
        [
            .. document.Outputs.Select((output, index) => (output, index)).Where(entry => entry.output.IsLabelled)
                .SelectMany(entry => Compare(prompt.Name, entry.output, entry.index, document, rows, test, shipped, fromBase)),
        ];
    }

    private static IEnumerable<Figure> Compare(
        string prompt,
        PromptOutput output,
        int index,
        PromptDocument document,
        IReadOnlyList<DatasetRow> rows,
        DatasetRow[] test,
        IReadOnlyList<EdgePrediction> shipped,
        IReadOnlyList<EdgePrediction> fromBase)
    {
        IEnumerable<string> reference = TextClassificationReference.Predict(
            rows.Where(row => row.Split != DatasetSplits.Test).Select(row => (TextOf(document, row), row.Outputs[output.Name])),
            test.Select(row => TextOf(document, row))).Select(answer => answer.Label);
        double accuracy = Accuracy(test, output, shipped.Select(answer => answer.Fields[index].Text));
        double referenceAccuracy = Accuracy(test, output, reference);
        double baseAccuracy = Accuracy(test, output, fromBase.Select(answer => answer.Fields[index].Text));
        string name = $"{prompt}/{output.Name} accuracy, {test.Length} rows";

        // A goal over ML.NET is set for labels only: two answers of which one is rare leave bag-of-words methods little to miss.
        bool held = output.Kind == PromptValueKind.String;
        yield return new Figure
        {
            Name = name,
            Value = accuracy,
            Unit = "%",
            ReferenceName = "ML.NET",
            Reference = referenceAccuracy,
            Goal = held ? "reference + 5 points" : null,
            Passed = held ? accuracy >= referenceAccuracy + RequiredLead : null,
        };
        yield return new Figure
        {
            Name = name,
            Value = accuracy,
            Unit = "%",
            ReferenceName = "untuned base",
            Reference = baseAccuracy,
            Goal = "above the reference",
            Passed = accuracy > baseAccuracy,
        };
    }

    private static double Accuracy(DatasetRow[] test, PromptOutput output, IEnumerable<string> answers) =>
        test.Zip(answers).Count(pair => pair.First.Outputs[output.Name] == pair.Second) / (double)test.Length;

    private static string[] InputsOf(PromptDocument document, DatasetRow row) => [.. document.Inputs.Select(input => row.Inputs[input.Name])];

    private static string TextOf(PromptDocument document, DatasetRow row) => string.Join('\n', InputsOf(document, row));
}
