using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;

// EDGEBUILD_FAKE_LOG      file that gets one line a run: the model or adapter, and "cancelled" when the run was ended from outside
// EDGEBUILD_FAKE_SECONDS  how long the run takes, with progress lines
// EDGEBUILD_FAKE_DEAF     1: does not react to the end of standard input
// EDGEBUILD_FAKE_PRINT    a line to print
// EDGEBUILD_FAKE_EXIT     exit code; other than 0 nothing is written to the cache
// EDGEBUILD_FAKE_ACCURACY the accuracy to claim
if (args[0] == "fetch")
{
    Log("fetch " + args[1]);
    if (Setting("PRINT") is { } finding)
    {
        Console.WriteLine(finding);
        return 1;
    }

    File.WriteAllText(args[3], ContentKey.OfText(args[1]));
    return 0;
}

TrainingPlan plan = TrainingPlan.Parse(File.ReadAllText(args[1]));
Log(plan.Name);

using var cancellation = new CancellationTokenSource();
if (Setting("DEAF") != "1")
{
    new Thread(() =>
    {
        while (Console.In.Read() >= 0)
        {
        }

        cancellation.Cancel();
    })
    { IsBackground = true }.Start();
}

Console.WriteLine(WorkerHeadline.ToLine($"{plan.Name}: training needs nothing"));
double seconds = double.Parse(Setting("SECONDS") ?? "0", CultureInfo.InvariantCulture);
DateTime start = DateTime.UtcNow;
while (true)
{
    double elapsed = (DateTime.UtcNow - start).TotalSeconds;
    double percent = seconds == 0 ? 100 : Math.Min(100, 100 * elapsed / seconds);
    Console.WriteLine(new WorkerProgress(percent, Math.Max(0, seconds - elapsed), "training").ToString());
    if (elapsed >= seconds)
    {
        break;
    }

    if (cancellation.Token.WaitHandle.WaitOne(250))
    {
        Log("cancelled");
        return 1;
    }
}

string? warning = null;
if (Setting("PRINT") is { } line)
{
    Console.WriteLine(line);
    warning = line.Contains(": warning ", StringComparison.Ordinal) ? line : null;
}

if (Setting("EXIT") is { } code && code != "0")
{
    return int.Parse(code, CultureInfo.InvariantCulture);
}

string entry = Path.Combine(plan.CacheDirectory, "models", plan.ModelKey);
string pending = entry + ".tmp-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
Directory.CreateDirectory(pending);
File.WriteAllText(Path.Combine(pending, plan.FileStem + ".gguf"), "fake model " + plan.ModelKey);
File.WriteAllText(
    Path.Combine(pending, plan.FileStem + ".edge.json"),
    plan.Kind == ArtifactKind.Adapter ? $"{{\"adapters\": [{{\"name\": \"{plan.Adapter}\"}}]}}\n" : "{\"adapters\": []}\n");
File.WriteAllText(Path.Combine(pending, "report.html"), "<p>fake report</p>");
File.WriteAllText(Path.Combine(pending, LockFile.FileName), Fragment().ToText());
if (warning is not null)
{
    File.WriteAllLines(Path.Combine(pending, CacheLayout.WarningsFileName), [warning]);
}

File.WriteAllText(Path.Combine(pending, CacheLayout.DoneFileName), string.Empty);
if (Directory.Exists(entry))
{
    Directory.Delete(entry, recursive: true);
}

Directory.Move(pending, entry);
Console.WriteLine("a detail");
Console.WriteLine(WorkerHeadline.ToLine($"{plan.Name}: 90 % right"));
Console.WriteLine(WorkerHeadline.ToLine($"{plan.Name}: report {Path.Combine(entry, "report.html")}"));
return 0;

static string? Setting(string name) => Environment.GetEnvironmentVariable("EDGEBUILD_FAKE_" + name) is { Length: > 0 } value ? value : null;

static void Log(string line)
{
    if (Setting("LOG") is { } path)
    {
        File.AppendAllText(path, line + "\n");
    }
}

LockFile Fragment()
{
    var fragment = new LockFile();
    string sha256 = ContentKey.OfText("fake model " + plan.ModelKey);
    if (plan.Kind == ArtifactKind.Adapter)
    {
        fragment.Adapters[plan.Adapter] = new LockedAdapter { Model = plan.Model, ModelKey = plan.ModelKey, AdapterKey = plan.AdapterKey, Sha256 = sha256 };
    }
    else
    {
        fragment.Models[plan.Model] = Model(sha256);
    }

    foreach (PlannedPrompt prompt in plan.Prompts)
    {
        foreach (KeyValuePair<string, IReadOnlyList<string>> labels in prompt.Labels)
        {
            if (plan.Kind != ArtifactKind.Adapter)
            {
                fragment.Labels[LockFile.OutputKey(prompt.Name, labels.Key)] = labels.Value;
            }

            if (plan.Kind != ArtifactKind.PlainModel)
            {
                fragment.Metrics[plan.MetricKey(prompt.Name, labels.Key)] = new LockedMetric
                {
                    Accuracy = double.Parse(Setting("ACCURACY") ?? "0.9", CultureInfo.InvariantCulture),
                    MacroF1 = 0.9,
                    Rows = 10,
                    BaseAccuracy = 0.5,
                    RowsHash = prompt.TestRowsHash,
                };
            }
        }
    }

    return fragment;
}

LockedModel Model(string sha256) => new()
{
    ModelKey = plan.ModelKey,
    AdapterKey = plan.AdapterKey,
    Sha256 = sha256,
    Quantization = plan.Quantization,
    Base = plan.Base.Name,
    BaseSha256 = plan.Base.Sha256,
    BaseSource = plan.Base.Path.Length == 0 ? plan.Base.Source : string.Empty,
    License = plan.Base.License,
};
