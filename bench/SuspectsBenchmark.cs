using System.Globalization;
using System.Text.Json.Nodes;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Worker;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Benchmarks;

/// <summary>
/// How many wrong labels are found: tickets of the sample, of which a fifth was given another label before the rows were split, on the embedded base. The
/// same tickets with their own labels show how many right ones are suspected.
/// </summary>
internal sealed class SuspectsBenchmark : IBenchmark
{
    private const int TrainRows = 400;
    private const int TestRows = 100;
    private const double FlippedShare = 0.2;
    private const double LeastPrecision = 0.7;
    private const double LeastRecall = 0.5;
    private const string Prompt =
        "---\nname: triage\ninputs:\n  - name: ticket\n    kind: string\noutputs:\n  - name: category\n    kind: string\n    enumValues: [Billing, Access, Bug, Feature]\n---\nsystem:\nSort the support ticket: Billing, Access, Bug or Feature.\n\nuser:\n{{ticket}}\n";

    private static readonly string[] _labels = ["Billing", "Access", "Bug", "Feature"];

    /// <inheritdoc/>
    public string Verb => "suspects";

    /// <inheritdoc/>
    public string Description => "How many of 20 % flipped labels are found, and whether the gate stops the model that learned from them.";

    /// <inheritdoc/>
    public string? PathName => null;

    /// <inheritdoc/>
    public bool Trains => true;

    /// <inheritdoc/>
    public async Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        (string Ticket, string Category)[] tickets =
        [
            .. File.ReadLines(Path.Combine(RepositoryFolder.Sample, "data", "tickets.train.jsonl"))
                .Select(line => JsonNode.Parse(line)!)
                .Select(row => ((string)row["ticket"]!, (string)row["category"]!))
                .Where(row => _labels.Contains(row.Item2))
                .Take(TrainRows + TestRows),
        ];
        var random = new Random(7);
        HashSet<int> flipped = [.. Enumerable.Range(0, tickets.Length).OrderBy(_ => random.Next()).Take((int)(FlippedShare * tickets.Length))];
        (string Ticket, string Category)[] poisoned =
        [
            .. tickets.Select((row, index) => flipped.Contains(index) ? (row.Ticket, _labels[(Array.IndexOf(_labels, row.Category) + 1 + random.Next(_labels.Length - 1)) % _labels.Length]) : row),
        ];

        (IReadOnlyList<int> suspected, bool shipped) = await TrainAsync(poisoned, log, cancellationToken);
        int found = suspected.Count(flipped.Contains);
        (IReadOnlyList<int> wrongly, _) = await TrainAsync(tickets, log, cancellationToken);
        return new BenchmarkResult(
        [
            new Figure { Name = $"precision: {found} of {suspected.Count} suspected rows are flipped ones", Value = (double)found / Math.Max(1, suspected.Count), Unit = "%", Goal = ">= 70 %", Passed = found >= LeastPrecision * suspected.Count },
            new Figure { Name = $"recall: {found} of {flipped.Count} flipped rows are suspected", Value = (double)found / flipped.Count, Unit = "%", Goal = ">= 50 %", Passed = found >= LeastRecall * flipped.Count },
            new Figure { Name = "models with MinAccuracy 0.90 that shipped, learned from flipped rows", Value = shipped ? 1 : 0, Unit = string.Empty, Goal = "0", Passed = !shipped },
            new Figure { Name = string.Create(CultureInfo.InvariantCulture, $"suspected, none flipped, of {tickets.Length} rows"), Value = (double)wrongly.Count / tickets.Length, Unit = "%" },
        ]);
    }

    /// <summary>Trains as a build does.</summary>
    /// <returns>The indices of the suspected rows, and whether the gate let the model pass.</returns>
    private static async Task<(IReadOnlyList<int> Suspected, bool Shipped)> TrainAsync((string Ticket, string Category)[] rows, TextWriter log, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        string cache = folder.PathOf("cache");
        try
        {
            PrivateCache.Create(cache);
            string[] lines = [.. rows.Select(row => new JsonObject { ["ticket"] = row.Ticket, ["category"] = row.Category }.ToJsonString())];
            await File.WriteAllLinesAsync(folder.PathOf("train.jsonl"), lines[..TrainRows], cancellationToken);
            await File.WriteAllLinesAsync(folder.PathOf("test.jsonl"), lines[TrainRows..], cancellationToken);
            await File.WriteAllTextAsync(folder.PathOf("triage.prompty"), Prompt, cancellationToken);
            TrainingPlan plan = Plan(folder, cache);
            bool shipped;
            using (var progress = new ProgressReporter(log))
            {
                shipped = await new PlanRun(plan, progress).RunAsync(cancellationToken);
            }

            string made = shipped ? Path.Combine(cache, "models", plan.ModelKey) : Path.Combine(cache, "failed", $"{plan.Model}.{plan.ModelKey[..12]}");
            EvaluationRecord record = EvaluationRecord.Read(made)!;
            return ([.. record.Suspects.Concat(record.HeldOutSuspects).Select(suspect => suspect.Line - 1 + (suspect.File == "test.jsonl" ? TrainRows : 0))], shipped);
        }
        finally
        {
            PrivateCache.Delete(cache);
        }
    }

    private static TrainingPlan Plan(TemporaryFolder folder, string cache) => new()
    {
        Model = "Suspects",
        AdapterKey = ContentKey.OfText("suspects"),
        ModelKey = ContentKey.OfText("suspects model"),
        ParentAdapterKey = string.Empty,
        Quantization = "Q8_0",
        CacheDirectory = cache,
        Base = new PlannedBase("smollm2", RepositoryFolder.EmbeddedBase, ContentKey.OfFile(RepositoryFolder.EmbeddedBase), "Apache-2.0", "embedded"),
        Recipe = new PlannedRecipe { Epochs = 1, ReviewPasses = 0 },
        Gates = new PlannedGates(0.9, null),
        Prompts =
        [
            new PlannedPrompt
            {
                Name = "triage",
                Path = folder.PathOf("triage.prompty"),
                DisplayPath = "triage.prompty",
                Labels = new Dictionary<string, IReadOnlyList<string>>(),
                Datasets = [new PlannedDataset(folder.PathOf("train.jsonl"), "train.jsonl", "Train", 1), new PlannedDataset(folder.PathOf("test.jsonl"), "test.jsonl", "Test", 1)],
                TestRowsHash = "test",
            },
        ],
        LastAccuracy = new Dictionary<string, double>(),
        MaxTrainingMinutes = 0,
        Threads = 0,
        Offline = true,
    };
}
