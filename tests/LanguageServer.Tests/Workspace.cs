using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;

namespace EdgeBuild.LanguageServer.Tests;

/// <summary>A project as a real build leaves it: items, a plan under obj, a lock file.</summary>
internal sealed class Workspace : IDisposable
{
    public const string Triage = """
        ---
        name: triage
        description: Sorts tickets.
        inputs:
          - name: ticket
            kind: string
            description: What the customer wrote.
        outputs:
          - name: category
            kind: string
            enumValues:
              - Billing
              - Access
        ---
        system:
        Sort the ticket.

        user:
        {{ticket}}

        """;

    private readonly string _root = System.IO.Directory.CreateTempSubdirectory("edgebuild-lsp-ü ").FullName;

    public Workspace(string prompt = Triage)
    {
        Write("App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <EdgeModel Include="Support" />
                <EdgePrompt Include="triage.prompty" Model="Support" />
              </ItemGroup>
            </Project>
            """);
        Write("triage.prompty", prompt);
        Write("data/train.jsonl", string.Concat(Enumerable.Range(0, 12).Select(row => $"{{\"ticket\": \"text {row}\", \"category\": \"{(row % 3 == 0 ? "Billing" : "Access")}\"}}\n")));
        Write("data/test.csv", "ticket,category\nfirst test,Billing\n\"second, with 😀\",Access\n");
        WritePlan();
        var lockFile = new LockFile();
        lockFile.Metrics["triage/category"] = new LockedMetric { Accuracy = 0.9, MacroF1 = 0.88, Rows = 50, BaseAccuracy = 0.2, RowsHash = "r" };
        Write(LockFile.FileName, lockFile.ToText());
    }

    public string Prompt => PathOf("triage.prompty");

    public string PathOf(string path) => Path.Combine(_root, path);

    public static string Uri(string path) => new Uri(path).AbsoluteUri;

    public void Write(string path, string text)
    {
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), text);
    }

    public void WritePlan(params (string File, string Split)[] datasets) => Write("obj/edge/Support.plan.json", new TrainingPlan
    {
        Model = "Support",
        AdapterKey = "a",
        ModelKey = "m",
        ParentAdapterKey = string.Empty,
        Quantization = "Q8_0",
        CacheDirectory = PathOf("cache"),
        Base = new PlannedBase("smollm2", PathOf("base.gguf"), "b", "Apache-2.0", "embedded"),
        Recipe = new PlannedRecipe(),
        Gates = new PlannedGates(null, null),
        Prompts =
        [
            new PlannedPrompt
            {
                Name = "triage",
                Path = Prompt,
                DisplayPath = "triage.prompty",
                Labels = new Dictionary<string, IReadOnlyList<string>> { ["category"] = ["Billing", "Access"] },
                Datasets = [.. (datasets.Length > 0 ? datasets : [("data/train.jsonl", "Train"), ("data/test.csv", "Test")]).Select(dataset => new PlannedDataset(PathOf(dataset.Item1), dataset.Item1, dataset.Item2, 1))],
                TestRowsHash = "t",
            },
        ],
        LastAccuracy = new Dictionary<string, double>(),
        MaxTrainingMinutes = 0,
        Threads = 0,
        Offline = false,
    }.ToText());

    public void Dispose() => System.IO.Directory.Delete(_root, recursive: true);
}
