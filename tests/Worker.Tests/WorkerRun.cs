using System.Diagnostics;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;
using EdgeBuild.Training;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Tests;

/// <summary>A real worker, in a process of its own, that trains a tiny model on a task which it can learn.</summary>
internal sealed class WorkerRun
{
    private const string Prompt =
        """
        ---
        name: triage
        inputs:
          - name: ticket
            kind: string
        outputs:
          - name: category
            kind: string
            required: true
            enumValues: [A, B]
        metadata:
          edge:
            maxInputTokens: 32
        ---
        system:
        Sort.

        user:
        {{ticket}}

        """;

    private readonly string _folder;
    private readonly TrainingPlan _plan;

    public WorkerRun(string folder, double epochs = 1, double maxMinutes = 0, string? basePath = null)
    {
        _folder = folder;
        string prompt = Write("triage.prompty", Prompt);
        string train = Write("train.jsonl", Rows(96));
        string test = Write("test.jsonl", Rows(8));
        PromptDocument document = PromptDocument.Parse(prompt, Prompt).Document!;
        basePath ??= RepositoryFiles.Fixture("smollm2", "base.gguf");
        _plan = new TrainingPlan
        {
            Model = "Test",
            AdapterKey = "adapter",
            ModelKey = "model",
            ParentAdapterKey = string.Empty,
            Quantization = "Q8_0",
            CacheDirectory = Cache,
            Base = new PlannedBase("tiny", basePath, FileHash.Sha256(basePath), "Apache-2.0", "test"),
            Recipe = new PlannedRecipe { Rank = 4, Alpha = 8, Epochs = epochs, ReviewPasses = 1 },
            Gates = new PlannedGates(null, null),
            Prompts =
            [
                new PlannedPrompt
                {
                    Name = document.Name,
                    Path = prompt,
                    DisplayPath = "triage.prompty",
                    Labels = LabelSet.From(document, null).ByOutput,
                    Datasets = [new PlannedDataset(train, "train.jsonl", "Train", 1), new PlannedDataset(test, "test.jsonl", "Test", 1)],
                    TestRowsHash = "test",
                },
            ],
            LastAccuracy = new Dictionary<string, double>(),
            MaxTrainingMinutes = maxMinutes,
            Threads = 1,
            Offline = true,
        };
        Write("plan.json", _plan.ToText());
    }

    public string Cache => Path.Combine(_folder, "cache");

    public string AdapterFolder => Path.Combine(Cache, "adapters", _plan.AdapterKey);

    public string CheckpointFolder => Path.Combine(Cache, "checkpoints", _plan.AdapterKey);

    /// <summary>
    /// Fixes what a look at the machine would choose, as an interrupted run does: two runs on a busy machine may choose differently.
    /// </summary>
    public void FixChoices() => new InterruptedRun(CheckpointFolder).Remember(ComputeType.Float32, 4096);

    /// <summary>Starts the worker.</summary>
    /// <param name="environment">More variables.</param>
    /// <returns>The process, its streams redirected.</returns>
    public Process Start(params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [CommandLine.Worker, "train", Path.Combine(_folder, "plan.json")])
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in WorkerEnvironment.Variables.Select(variable => (variable.Key, variable.Value)).Concat(environment).Append((CommandLine.Natives.Key, CommandLine.Natives.Value)))
        {
            start.Environment[name] = value;
        }

        // One thread: the matrices are tiny, and sums are added in one order.
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["DOTNET_PROCESSOR_COUNT"] = "1";
        start.Environment[CheckpointInterval.Variable] = "0.05";
        return Process.Start(start)!;
    }

    /// <summary>Runs the worker to its end.</summary>
    /// <param name="environment">More variables.</param>
    /// <returns>What it printed.</returns>
    public string[] Run(params (string Name, string Value)[] environment)
    {
        using Process process = Start(environment);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, output + errors.Result);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static string Rows(int count) => string.Concat(Enumerable.Range(0, count).Select(row =>
        $$"""{"ticket":"{{(row % 2 == 0 ? "no" : "it")}} {{row}}","category":"{{(row % 2 == 0 ? "A" : "B")}}"}""" + "\n"));

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
