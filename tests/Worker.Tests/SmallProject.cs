using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Tests;

/// <summary>Prompts and rows for the tiny model of tests/Fixtures, and plans that train on them from end to end.</summary>
internal sealed class SmallProject : IDisposable
{
    public const string Colors = "---\nname: color\nmetadata:\n  edge:\n    maxInputTokens: 200\ninputs:\n  - name: text\n    kind: string\noutputs:\n  - name: color\n    kind: string\n    enumValues: [Red, Blue]\n---\nuser:\n{{text}}\n";
    public const string Sizes = "---\nname: size\nmetadata:\n  edge:\n    maxInputTokens: 200\ninputs:\n  - name: text\n    kind: string\noutputs:\n  - name: size\n    kind: string\n    enumValues: [Small, Large]\n---\nsystem:\nSize?\n\nuser:\n{{text}}\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("edgebuild-plan-").FullName;

    public string Cache => Path.Combine(_folder, "cache");

    public PlannedRecipe Recipe { get; set; } = new() { LearningRate = 1e-2, Epochs = 6, ReviewPasses = 0, ValidationSplit = 0.15 };

    /// <summary>Gets what the worker wrote in the last run.</summary>
    public string[] Output { get; private set; } = [];

    /// <summary>A row whose color is told by its first words and whose size by its last.</summary>
    public static string Row(int number, string? color = null)
    {
        bool red = number % 2 == 0;
        bool small = number / 2 % 2 == 0;
        return $"{(red ? "rrr rrr" : "bbb bbb")} {number} {(small ? "sss sss" : "lll lll")},{color ?? (red ? "Red" : "Blue")},{(small ? "Small" : "Large")}\n";
    }

    public static string Rows(int first, int count) => string.Concat(Enumerable.Range(first, count).Select(number => Row(number)));

    public PlannedPrompt Prompt(string source, string train, string test, string validation = "")
    {
        string name = source.Split("name: ")[1].Split('\n')[0];
        return new PlannedPrompt
        {
            Name = name,
            Path = Write($"{name}.prompty", source),
            DisplayPath = $"{name}.prompty",
            Labels = new Dictionary<string, IReadOnlyList<string>>(),
            Datasets =
            [
                Dataset("train.csv", train, "Train"),
                .. validation.Length == 0 ? [] : (PlannedDataset[])[Dataset("validation.csv", validation, "Validation")],
                Dataset("test.csv", test, "Test"),
            ],
            TestRowsHash = ContentKey.OfText(test),
        };
    }

    public TrainingPlan Plan(string key, string parent, params IReadOnlyList<PlannedPrompt> prompts) => new()
    {
        Model = "Test",
        AdapterKey = ContentKey.OfText(key),
        ModelKey = ContentKey.OfText("model " + key),
        ParentAdapterKey = parent.Length == 0 ? string.Empty : ContentKey.OfText(parent),
        Quantization = "F32",
        CacheDirectory = Cache,
        Base = new PlannedBase("tiny", RepositoryFiles.Fixture("smollm2", "base.gguf"), ContentKey.OfFile(RepositoryFiles.Fixture("smollm2", "base.gguf")), "Apache-2.0", "test"),
        Recipe = Recipe,
        Gates = new PlannedGates(null, null),
        Prompts = prompts,
        LastAccuracy = new Dictionary<string, double>(),
        MaxTrainingMinutes = 0,
        Threads = 1,
        Offline = true,
    };

    public async Task<bool> RunAsync(TrainingPlan plan, CancellationToken cancellationToken)
    {
        using var writer = new StringWriter();
        using (var progress = new ProgressReporter(writer))
        {
            try
            {
                return await new PlanRun(plan, progress).RunAsync(cancellationToken);
            }
            finally
            {
                Output = [.. writer.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0 && !line.StartsWith("@progress", StringComparison.Ordinal))];
            }
        }
    }

    /// <summary>How the adapter of a plan was made, as the report says it.</summary>
    public string OriginOf(TrainingPlan plan) => AdapterRecord.Read(Path.Combine(Cache, "adapters", plan.AdapterKey))!.Facts["Adapter"];

    public string ModelFile(TrainingPlan plan, string name) => Path.Combine(Cache, "models", plan.ModelKey, name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private PlannedDataset Dataset(string name, string rows, string split) => new(Write(name, "text,color,size\n" + rows), name, split, 1);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
