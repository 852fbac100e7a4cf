using System.Text.Json.Nodes;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Training;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Tests;

/// <summary>Real tickets and the real base: a fifth of the labels is flipped before the rows are split. Trains for some minutes.</summary>
[TestClass]
[TestCategory("EndToEnd")]
[DoNotParallelize]
public sealed class PoisonedTicketsTests : IDisposable
{
    private const int TrainRows = 400;
    private const int TestRows = 100;
    private const string Prompt =
        "---\nname: triage\ninputs:\n  - name: ticket\n    kind: string\noutputs:\n  - name: category\n    kind: string\n    enumValues: [Billing, Access, Bug, Feature]\n---\nsystem:\nSort the support ticket: Billing, Access, Bug or Feature.\n\nuser:\n{{ticket}}\n";

    private static readonly string[] _labels = ["Billing", "Access", "Bug", "Feature"];

    private readonly string _folder = Directory.CreateTempSubdirectory("edgebuild-poisoned-").FullName;

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task The_gate_fails_and_most_flipped_rows_are_among_the_suspected_ones()
    {
        (IReadOnlyList<SuspectedLabel> suspects, HashSet<(string File, int Line)> flipped, string[] output, bool succeeded) = await TrainAsync(share: 0.2, new PlannedGates(0.9, null));

        Assert.IsFalse(succeeded, string.Join('\n', output));
        Assert.Contains("is below MinAccuracy 90.0 %", string.Join('\n', output.Where(line => line.Contains(ErrorCodes.GateFailed, StringComparison.Ordinal))));
        int found = suspects.Count(suspect => flipped.Contains((suspect.File, suspect.Line)));
        string figures = $"{found} of {suspects.Count} suspected rows are among the {flipped.Count} flipped ones";
        TestContext.WriteLine(figures);
        Assert.IsGreaterThanOrEqualTo(0.7 * suspects.Count, found, figures);
        Assert.IsGreaterThanOrEqualTo(0.5 * flipped.Count, found, figures);
    }

    [TestMethod]
    public async Task Rows_with_right_labels_are_hardly_ever_suspected()
    {
        (IReadOnlyList<SuspectedLabel> suspects, _, string[] output, bool succeeded) = await TrainAsync(share: 0, new PlannedGates(null, null));

        Assert.IsTrue(succeeded, string.Join('\n', output));
        TestContext.WriteLine($"{suspects.Count} of {TrainRows + TestRows} rows are suspected");
        Assert.IsLessThanOrEqualTo(0.04 * (TrainRows + TestRows), suspects.Count);
    }

    private async Task<(IReadOnlyList<SuspectedLabel> Suspects, HashSet<(string File, int Line)> Flipped, string[] Output, bool Succeeded)> TrainAsync(double share, PlannedGates gates)
    {
        (string Ticket, string Category)[] tickets =
        [
            .. File.ReadLines(Path.Combine(RepositoryFiles.Root, "samples", "TicketTriage", "data", "tickets.train.jsonl"))
                .Select(line => JsonNode.Parse(line)!)
                .Select(row => ((string)row["ticket"]!, (string)row["category"]!))
                .Where(row => _labels.Contains(row.Item2))
                .Take(TrainRows + TestRows),
        ];
        Assert.HasCount(TrainRows + TestRows, tickets);
        var random = new Random(7);
        HashSet<int> chosen = [.. Enumerable.Range(0, tickets.Length).OrderBy(_ => random.Next()).Take((int)(share * tickets.Length))];
        string[] lines =
        [
            .. tickets.Select((row, index) => new JsonObject
            {
                ["ticket"] = row.Ticket,
                ["category"] = chosen.Contains(index) ? _labels[(Array.IndexOf(_labels, row.Category) + 1 + random.Next(_labels.Length - 1)) % _labels.Length] : row.Category,
            }.ToJsonString()),
        ];
        HashSet<(string File, int Line)> flipped = [.. chosen.Select(index => index < TrainRows ? ("train.jsonl", index + 1) : ("test.jsonl", index - TrainRows + 1))];
        TrainingPlan plan = Plan(gates, Write("train.jsonl", lines[..TrainRows]), Write("test.jsonl", lines[TrainRows..]));
        new InterruptedRun(Path.Combine(plan.CacheDirectory, "checkpoints", plan.AdapterKey)).Remember(ComputeType.BFloat16, 4096);
        using var writer = new StringWriter();
        bool succeeded;
        using (var progress = new ProgressReporter(writer))
        {
            succeeded = await new PlanRun(plan, progress).RunAsync(TestContext.CancellationToken);
        }

        string folder = succeeded ? Path.Combine(plan.CacheDirectory, "models", plan.ModelKey) : Path.Combine(plan.CacheDirectory, "failed", $"{plan.Model}.{plan.ModelKey[..12]}");
        EvaluationRecord record = EvaluationRecord.Read(folder)!;
        return ([.. record.Suspects, .. record.Shipped.SelectMany(TestLabels.Suspect)], flipped, writer.ToString().Split('\n'), succeeded);
    }

    private TrainingPlan Plan(PlannedGates gates, string train, string test)
    {
        string basePath = Path.Combine(RepositoryFiles.Root, "models", "SmolLM2-135M-Instruct.Q4_1.gguf");
        return new TrainingPlan
        {
            Model = "Poisoned",
            AdapterKey = ContentKey.OfText("poisoned"),
            ModelKey = ContentKey.OfText("poisoned model"),
            ParentAdapterKey = string.Empty,
            Quantization = "Q8_0",
            CacheDirectory = Path.Combine(_folder, "cache"),
            Base = new PlannedBase("smollm2", basePath, ContentKey.OfFile(basePath), "Apache-2.0", "embedded"),
            Recipe = new PlannedRecipe { Epochs = 1, ReviewPasses = 0 },
            Gates = gates,
            Prompts =
            [
                new PlannedPrompt
                {
                    Name = "triage",
                    Path = Write("triage.prompty", [Prompt]),
                    DisplayPath = "triage.prompty",
                    Labels = new Dictionary<string, IReadOnlyList<string>>(),
                    Datasets = [new PlannedDataset(train, "train.jsonl", "Train", 1), new PlannedDataset(test, "test.jsonl", "Test", 1)],
                    TestRowsHash = "test",
                },
            ],
            LastAccuracy = new Dictionary<string, double>(),
            MaxTrainingMinutes = 0,
            Threads = 0,
            Offline = true,
        };
    }

    private string Write(string name, string[] lines)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, string.Join('\n', lines) + "\n");
        return path;
    }
}
