using System.Diagnostics;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;

namespace EdgeBuild.LanguageServer.Tests;

/// <summary>A project with a tiny model that the real worker has trained and evaluated; made once for all tests, which work on copies.</summary>
internal static class TrainedProject
{
    /// <summary>The test row whose label is wrong, so that a model that has learned the task says so.</summary>
    public const string MislabelledRow = "aaa aaa 101,Billing";

    private const string Home = """
        ---
        name: home
        inputs:
          - name: wish
            kind: string
        metadata:
          edge:
            tools:
              - name: set_light
                description: Switches a light.
                parameters:
                  - name: room
                    kind: string
                    description: Where the light is.
                    required: true
                  - name: on
                    kind: boolean
                    required: true
        ---
        user:
        {{wish}}

        """;

    private const string Reply = """
        ---
        name: reply
        metadata:
          edge:
            maxInputTokens: 200
            freeText: [answer]
        inputs:
          - name: question
            kind: string
        outputs:
          - name: answer
            kind: string
            required: true
        ---
        user:
        {{question}}

        """;

    private static readonly Lazy<string> _folder = new(Create);

    /// <summary>Gets its folder.</summary>
    public static string Folder => _folder.Value;

    /// <summary>Removes it.</summary>
    public static void Remove()
    {
        if (_folder.IsValueCreated)
        {
            Directory.Delete(_folder.Value, recursive: true);
        }
    }

    private static string Create()
    {
        string root = Directory.CreateTempSubdirectory("edgebuild-editor-").FullName;
        void Write(string path, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, path))!);
            File.WriteAllText(Path.Combine(root, path), text);
        }

        Write("App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
              <ItemGroup>
                <EdgeModel Include="Support" />
                <EdgeModel Include="House" />
                <EdgePrompt Include="triage.prompty" Model="Support" />
                <EdgePrompt Include="reply.prompty" Model="Support" />
                <EdgePrompt Include="home.prompty" Model="House" />
                <EdgeDataset Include="data/train.jsonl" Prompt="triage" />
                <EdgeDataset Include="data/test.csv" Prompt="triage" Split="Test" />
                <EdgeDataset Include="data/reply.jsonl" Prompt="reply" />
                <EdgeDataset Include="data/reply.test.jsonl" Prompt="reply" Split="Test" />
                <EdgeDataset Include="data/home.jsonl" Prompt="home" />
              </ItemGroup>
            </Project>
            """);
        Write("triage.prompty", Workspace.Triage
            .Replace("description: Sorts tickets.\n", "description: Sorts tickets.\nmetadata:\n  edge:\n    maxInputTokens: 200\n", StringComparison.Ordinal)
            .Replace("    enumValues", "    required: true\n    enumValues", StringComparison.Ordinal));
        Write("home.prompty", Home);
        Write("reply.prompty", Reply);
        Write("Program.cs", "var triage = new Triage();\nSystem.Console.WriteLine(triage);\n");
        Write("data/train.jsonl", string.Concat(Enumerable.Range(0, 64).Select(row => $$"""{"ticket": "{{Text(row)}}", "category": "{{Label(row)}}"}""" + "\n")));
        Write("data/test.csv", "ticket,category\n" + string.Concat(Enumerable.Range(80, 12).Select(row => $"{Text(row)},{Label(row)}\n")) + MislabelledRow + "\n");
        Write("data/reply.jsonl", string.Concat(Enumerable.Range(0, 24).Select(Answered)));
        Write("data/reply.test.jsonl", string.Concat(Enumerable.Range(40, 4).Select(Answered)));
        Write("data/home.jsonl", string.Concat(Enumerable.Range(0, 12).Select(row => $$$$"""{"wish": "light {{{{row}}}}", "call": {"name": "set_light", "arguments": {"room": "hall", "on": true}}}""" + "\n")));

        string basePath = RepositoryFiles.Fixture("smollm2", "base.gguf");
        Write("obj/edge/Support.plan.json", Plan(
            root,
            "Support",
            basePath,
            Prompt(root, "triage", ("data/train.jsonl", "Train"), ("data/test.csv", "Test")),
            Prompt(root, "reply", ("data/reply.jsonl", "Train"), ("data/reply.test.jsonl", "Test"))).ToText());
        Write("obj/edge/House.plan.json", Plan(root, "House", basePath, Prompt(root, "home", ("data/home.jsonl", "Train"))).ToText());
        var lockFile = new LockFile();
        lockFile.Metrics["triage/category"] = new LockedMetric { Accuracy = 0.9, MacroF1 = 0.88, Rows = 13, BaseAccuracy = 0.5, RowsHash = "r" };
        Write(LockFile.FileName, lockFile.ToText());
        Train(Path.Combine(root, "obj", "edge", "Support.plan.json"));
        return root;
    }

    private static string Text(int row) => $"{(row % 2 == 0 ? "bbb bbb" : "aaa aaa")} {row}";

    private static string Answered(int row) => $$"""{"question": "why {{row}}", "answer": "because of {{row}}"}""" + "\n";

    private static string Label(int row) => row % 2 == 0 ? "Billing" : "Access";

    private static TrainingPlan Plan(string root, string model, string basePath, params IReadOnlyList<PlannedPrompt> prompts) => new()
    {
        Model = model,
        AdapterKey = ContentKey.OfText(model),
        ModelKey = ContentKey.OfText("model " + model),
        ParentAdapterKey = string.Empty,
        Quantization = "F32",
        CacheDirectory = Path.Combine(root, "cache"),
        Base = new PlannedBase("tiny", basePath, ContentKey.OfFile(basePath), "Apache-2.0", "test"),
        Recipe = new PlannedRecipe { LearningRate = 1e-2, Epochs = 6, ReviewPasses = 0, ValidationSplit = 0.15 },
        Gates = new PlannedGates(null, null),
        Prompts = prompts,
        LastAccuracy = new Dictionary<string, double>(),
        MaxTrainingMinutes = 0,
        Threads = 1,
        Offline = true,
    };

    private static PlannedPrompt Prompt(string root, string prompt, params IReadOnlyList<(string File, string Split)> datasets) => new()
    {
        Name = prompt,
        Path = Path.Combine(root, prompt + ".prompty"),
        DisplayPath = prompt + ".prompty",
        Labels = new Dictionary<string, IReadOnlyList<string>>(),
        Datasets = [.. datasets.Select(dataset => new PlannedDataset(Path.Combine(root, dataset.File), dataset.File, dataset.Split, 1))],
        TestRowsHash = "t",
    };

    private static void Train(string plan)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "edgebuild.dll"), "train", plan])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in WorkerEnvironment.Variables)
        {
            start.Environment[name] = value;
        }

        start.Environment["OMP_NUM_THREADS"] = "1";
        using Process worker = Process.Start(start)!;
        Task<string> error = worker.StandardError.ReadToEndAsync();
        string output = worker.StandardOutput.ReadToEnd() + error.Result;
        worker.WaitForExit();
        Assert.AreEqual(0, worker.ExitCode, output);
    }
}
