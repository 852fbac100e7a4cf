using System.Text.Json;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;

namespace EdgeBuild.Worker.Watching;

/// <summary>
/// The file in which a run tells others of its progress: <c>runs/</c> of the cache, written anew each second. One that is not is of a run that was
/// killed; that needs no process ids, which mean nothing on another machine that shares the cache.
/// </summary>
public sealed class RunFile : IDisposable
{
    private const string Pattern = "*.json";

    /// <summary>A busy machine may be late with the beat of a second.</summary>
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(30);

    private readonly TrainingPlan _plan;
    private readonly ProgressReporter _progress;
    private readonly string _path;
    private readonly Lock _gate = new();
    private bool _ended;

    private RunFile(TrainingPlan plan, ProgressReporter progress, string path)
    {
        _plan = plan;
        _progress = progress;
        _path = path;
    }

    /// <summary>Begins to tell of a run.</summary>
    /// <param name="plan">Its plan.</param>
    /// <param name="progress">Its progress.</param>
    /// <returns>The file; disposing deletes it.</returns>
    public static RunFile Start(TrainingPlan plan, ProgressReporter progress)
    {
        string folder = FolderOf(plan.CacheDirectory);
        Try(() =>
        {
            Directory.CreateDirectory(folder);
            foreach (string dead in Directory.GetFiles(folder, Pattern).Where(path => !IsAlive(path)))
            {
                File.Delete(dead);
            }
        });
        var file = new RunFile(plan, progress, Path.Combine(folder, $"{Environment.MachineName}-{Environment.ProcessId}-{plan.ModelKey[..Math.Min(12, plan.ModelKey.Length)]}.json"));
        progress.Written += file.Write;
        return file;
    }

    /// <summary>Reads the runs that go on.</summary>
    /// <param name="cacheDirectory">The cache.</param>
    /// <returns>The runs, by name.</returns>
    public static IReadOnlyList<RunProgress> ReadAll(string cacheDirectory)
    {
        string folder = FolderOf(cacheDirectory);
        return Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, Pattern).Where(IsAlive).Select(Read).OfType<RunProgress>().OrderBy(run => run.Name, StringComparer.Ordinal).ThenBy(run => run.ProcessId)]
            : [];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _progress.Written -= Write;
        lock (_gate)
        {
            _ended = true;
            Try(() => File.Delete(_path));
        }
    }

    private static string FolderOf(string cacheDirectory) => Path.Combine(cacheDirectory, "runs");

    private static bool IsAlive(string path) => DateTime.UtcNow - File.GetLastWriteTimeUtc(path) < _silence;

    private static RunProgress? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RunProgress>(File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            // The run ends just now.
            return null;
        }
    }

    /// <summary>What is only to be looked at ends no training.</summary>
    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    private void Write(WorkerProgress progress)
    {
        lock (_gate)
        {
            if (!_ended)
            {
                Try(() => Replace(progress));
            }
        }
    }

    private void Replace(WorkerProgress progress)
    {
        // A reader sees the old text or the new one; nothing need survive a power cut.
        string temporary = _path + ".tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(new RunProgress(
            _plan.Name, _plan.AdapterKey, Environment.MachineName, Environment.ProcessId, progress.Percent, progress.SecondsLeft, progress.Text)));
        File.Move(temporary, _path, overwrite: true);
    }
}
