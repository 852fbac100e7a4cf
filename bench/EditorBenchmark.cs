using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EdgeBuild.Contracts.Plans;
using StreamJsonRpc;

namespace EdgeBuild.Benchmarks;

/// <summary>The language server in a process of its own, with a hundred prompts and a dataset of a hundred thousand rows open.</summary>
internal sealed class EditorBenchmark : IBenchmark
{
    private const int Prompts = 100;
    private const int Rows = 100_000;
    private const int Requests = 1000;
    private const double AnswerGoal = 20;
    private const double FindingsGoal = 50;
    private const double MemoryGoal = 200;

    /// <inheritdoc/>
    public string Verb => "editor";

    /// <inheritdoc/>
    public string Description => "Answers of the language server with 100 prompts and 100,000 rows open: completion, hover, findings after a key, memory.";

    /// <inheritdoc/>
    public string? PathName => null;

    /// <inheritdoc/>
    public bool Trains => false;

    /// <inheritdoc/>
    public async Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("edgebuild-editor-").FullName;
        try
        {
            await log.WriteLineAsync("Writing the project");
            string dataset = WriteProject(folder);
            using Process server = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "edgebuild.dll"), "lsp"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            try
            {
                return await MeasureAsync(server, folder, dataset, log, cancellationToken);
            }
            finally
            {
                server.Kill();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<BenchmarkResult> MeasureAsync(Process server, string folder, string dataset, TextWriter log, CancellationToken cancellationToken)
    {
        using var rpc = new JsonRpc(new HeaderDelimitedMessageHandler(server.StandardInput.BaseStream, server.StandardOutput.BaseStream, new SystemTextJsonFormatter()));
        var published = new ConcurrentDictionary<string, TaskCompletionSource>(StringComparer.Ordinal);

        // Arguments are matched by the names of the parameters.
        rpc.AddLocalRpcMethod(
            "textDocument/publishDiagnostics",
            new Action<JsonElement, JsonElement, JsonElement>((uri, version, diagnostics) => published.GetOrAdd(uri.GetString()!, _ => new()).TrySetResult()));
        rpc.StartListening();
        await rpc.InvokeWithParameterObjectAsync<JsonElement>("initialize", new { processId = Environment.ProcessId, capabilities = new { } }, cancellationToken);
        string[] uris = [.. Enumerable.Range(0, Prompts).Select(prompt => new Uri(PromptPath(folder, prompt)).AbsoluteUri)];
        foreach (string uri in uris)
        {
            await OpenAsync(rpc, uri);
        }

        await log.WriteLineAsync("Opening the dataset");
        string rowsUri = new Uri(dataset).AbsoluteUri;
        long start = Stopwatch.GetTimestamp();
        await OpenAsync(rpc, rowsUri);
        await published.GetOrAdd(rowsUri, _ => new()).Task.WaitAsync(cancellationToken);
        TimeSpan opened = Stopwatch.GetElapsedTime(start);

        await log.WriteLineAsync("Asking");
        double[] completions = await TimeAsync(request => rpc.InvokeWithParameterObjectAsync<JsonElement>(
            "textDocument/completion", new { textDocument = new { uri = uris[request % Prompts] }, position = new { line = 8, character = 12 } }, cancellationToken));
        double[] hovers = await TimeAsync(request => rpc.InvokeWithParameterObjectAsync<JsonElement>(
            "textDocument/hover", new { textDocument = new { uri = uris[request % Prompts] }, position = new { line = 9, character = 10 } }, cancellationToken));
        double[] findings = await TimeAsync(async request =>
        {
            string uri = uris[request % Prompts];
            var arrived = new TaskCompletionSource();
            published[uri] = arrived;
            await EditAsync(rpc, uri, 11, 0, "a", request + 1);
            await arrived.Task.WaitAsync(cancellationToken);
        });
        double[] rows = await TimeAsync(async request =>
        {
            await EditAsync(rpc, rowsUri, request * 97 % Rows, 11, "b", request + 1);
            await rpc.InvokeWithParameterObjectAsync<JsonElement>(
                "textDocument/completion", new { textDocument = new { uri = rowsUri }, position = new { line = request * 97 % Rows, character = 20 } }, cancellationToken);
        });
        double[] rowHovers = await TimeAsync(request => rpc.InvokeWithParameterObjectAsync<JsonElement>(
            "textDocument/hover", new { textDocument = new { uri = rowsUri }, position = new { line = request * 97 % Rows, character = 20 } }, cancellationToken));
        server.Refresh();
        return new BenchmarkResult(
        [
            Percentile("completion in a prompt, 95th percentile", completions, AnswerGoal),
            Percentile("hover on a label, 95th percentile", hovers, AnswerGoal),
            Percentile("findings after a key in a prompt, 95th percentile", findings, FindingsGoal),
            Percentile("key and completion in the dataset, 95th percentile", rows, AnswerGoal),
            Percentile("hover on a row of the dataset, 95th percentile", rowHovers, AnswerGoal),
            new Figure { Name = string.Create(CultureInfo.InvariantCulture, $"findings of {Rows} rows after opening"), Value = opened.TotalSeconds, Unit = "s" },
            new Figure
            {
                Name = "resident memory of the server",
                Value = server.WorkingSet64 / 1e6,
                Unit = "MB",
                Goal = string.Create(CultureInfo.InvariantCulture, $"<= {MemoryGoal} MB"),
                Passed = server.WorkingSet64 / 1e6 <= MemoryGoal,
            },
        ]);
    }

    private static Figure Percentile(string name, double[] times, double goal)
    {
        double value = times.Order().ElementAt((int)(times.Length * 0.95));
        return new Figure
        {
            Name = name,
            Value = value,
            Unit = "ms",
            ReferenceName = "median",
            Reference = times.Order().ElementAt(times.Length / 2),
            Goal = string.Create(CultureInfo.InvariantCulture, $"<= {goal} ms"),
            Passed = value <= goal,
        };
    }

    private static async Task<double[]> TimeAsync(Func<int, Task> request)
    {
        double[] times = new double[Requests];
        for (int i = 0; i < Requests; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await request(i);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return times;
    }

    private static Task OpenAsync(JsonRpc rpc, string uri) => rpc.NotifyWithParameterObjectAsync(
        "textDocument/didOpen", new { textDocument = new { uri, languageId = string.Empty, version = 0, text = File.ReadAllText(new Uri(uri).LocalPath) } });

    private static Task EditAsync(JsonRpc rpc, string uri, int line, int character, string text, int version) => rpc.NotifyWithParameterObjectAsync(
        "textDocument/didChange",
        new
        {
            textDocument = new { uri, version },
            contentChanges = new[] { new { range = new { start = new { line, character }, end = new { line, character } }, text } },
        });

    private static string PromptPath(string folder, int prompt) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"prompt{prompt}.prompty"));

    private static string WriteProject(string folder)
    {
        string dataset = Path.Combine(folder, "rows.jsonl");
        using (var writer = new StreamWriter(dataset))
        {
            for (int row = 0; row < Rows; row++)
            {
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"{{\"text\": \"row {row}, a message of an ordinary length to a help desk, with what was done and what was seen\", \"label\": \"{(row % 2 == 0 ? "Billing" : "Access")}\"}}\n"));
            }
        }

        for (int prompt = 0; prompt < Prompts; prompt++)
        {
            File.WriteAllText(PromptPath(folder, prompt), string.Create(CultureInfo.InvariantCulture, $"---\nname: prompt{prompt}\ninputs:\n  - name: text\n    kind: string\noutputs:\n  - name: label\n    kind: string\n    enumValues:\n      - Billing\n      - Access\n---\nsystem:\nSort.\n\nuser:\n{{{{text}}}}\n"));
        }

        File.WriteAllText(Path.Combine(folder, "App.csproj"), "<Project />");
        Directory.CreateDirectory(Path.Combine(folder, "obj", "edge"));
        File.WriteAllText(Path.Combine(folder, "obj", "edge", "Model.plan.json"), new TrainingPlan
        {
            Model = "Model",
            AdapterKey = string.Empty,
            ModelKey = string.Empty,
            ParentAdapterKey = string.Empty,
            Quantization = "Q8_0",
            CacheDirectory = folder,
            Base = new PlannedBase("base", string.Empty, string.Empty, string.Empty, string.Empty),
            Recipe = new PlannedRecipe(),
            Gates = new PlannedGates(null, null),
            Prompts =
            [
                .. Enumerable.Range(0, Prompts).Select(prompt => new PlannedPrompt
                {
                    Name = string.Create(CultureInfo.InvariantCulture, $"prompt{prompt}"),
                    Path = PromptPath(folder, prompt),
                    DisplayPath = Path.GetFileName(PromptPath(folder, prompt)),
                    Labels = new Dictionary<string, IReadOnlyList<string>>(),

                    // One prompt reads the rows, as in most projects.
                    Datasets = prompt == 0 ? [new PlannedDataset(dataset, "rows.jsonl", "Train", 1)] : [],
                    TestRowsHash = string.Empty,
                }),
            ],
            LastAccuracy = new Dictionary<string, double>(),
            MaxTrainingMinutes = 0,
            Threads = 0,
            Offline = true,
        }.ToText());
        return dataset;
    }
}
