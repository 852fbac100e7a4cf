using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Prompts;
using Microsoft.Build.Framework;
using LockedState = EdgeBuild.Contracts.Locking.LockFile;
using MSBuildTask = Microsoft.Build.Utilities.Task;

namespace EdgeBuild.Tasks;

/// <summary>
/// Collects what the cache holds of the planned models: merges their fragments into the lock file, copies the reports, and lists the
/// files that belong beside the app.
/// </summary>
public sealed class UpdateEdgeLockFile : MSBuildTask
{
    /// <summary>Gets or sets the full path of the project file.</summary>
    [Required]
    public string ProjectFile { get; set; } = string.Empty;

    /// <summary>Gets or sets the models of <see cref="PlanEdgeModels"/>.</summary>
    [Required]
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>Gets or sets <c>Auto</c>, <c>Locked</c> or <c>Never</c>; only Auto writes the lock file.</summary>
    [Required]
    public string Mode { get; set; } = string.Empty;

    /// <summary>Gets or sets the path of the lock file.</summary>
    [Required]
    public string LockFile { get; set; } = string.Empty;

    /// <summary>Gets or sets the folder of the reports.</summary>
    [Required]
    public string IntermediateDirectory { get; set; } = string.Empty;

    /// <summary>Gets or sets the path of the list of files that belong beside the app.</summary>
    [Required]
    public string OutputsList { get; set; } = string.Empty;

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            (ITaskItem Item, CachedModel Cached)[] shipped =
            [
                .. Models.Where(model => model.GetMetadata("Action") != PlanDecision.None)
                    .Select(model => (model, new CachedModel(model.GetMetadata("ModelDirectory"), model.ItemSpec))),
            ];
            foreach ((ITaskItem item, CachedModel cached) in shipped)
            {
                RequireComplete(item.ItemSpec, cached);
                cached.MarkUsed();
                if (File.Exists(cached.ReportFile))
                {
                    AtomicFile.CopyWhenDifferent(cached.ReportFile, Path.Combine(IntermediateDirectory, item.ItemSpec + ".report.html"));
                }
            }

            if (string.Equals(Mode, nameof(TrainingMode.Auto), StringComparison.OrdinalIgnoreCase)
                && AtomicFile.WriteWhenDifferent(LockFile, Merge(shipped, ReadLockFile()).ToText()))
            {
                Log.LogMessage(MessageImportance.Normal, "{0} was updated.", LockFile);
            }

            AtomicFile.WriteWhenDifferent(
                OutputsList, string.Concat(shipped.SelectMany(model => model.Cached.ShippedFiles).Select(file => file + "\n")));
        }
        catch (EdgeBuildException exception)
        {
            Log.LogDiagnostic(exception.ToDiagnostic(), Path.GetDirectoryName(ProjectFile)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.LogDiagnostic(StorageDiagnostic.From(exception, ProjectFile), Path.GetDirectoryName(ProjectFile)!);
        }

        return !Log.HasLoggedErrors;
    }

    /// <summary>
    /// Starts from nothing, so that what the project no longer declares leaves the file. Only the order of labels stays: it numbers the
    /// values of the generated enum.
    /// </summary>
    private static LockedState Merge(IEnumerable<(ITaskItem Item, CachedModel Cached)> models, LockedState before)
    {
        var merged = new LockedState();
        foreach ((ITaskItem _, CachedModel cached) in models)
        {
            LockedState fragment = cached.ReadFragment();
            foreach (KeyValuePair<string, LockedModel> entry in fragment.Models)
            {
                merged.Models[entry.Key] = entry.Value;
            }

            foreach (KeyValuePair<string, string> entry in fragment.Prompts)
            {
                merged.Prompts[entry.Key] = entry.Value;
            }

            foreach (KeyValuePair<string, IReadOnlyList<string>> entry in fragment.Labels)
            {
                merged.Labels[entry.Key] = before.Labels.TryGetValue(entry.Key, out IReadOnlyList<string>? locked) ? LabelSet.InOrderOfAge(locked, entry.Value) : entry.Value;
            }

            foreach (KeyValuePair<string, LockedMetric> entry in fragment.Metrics)
            {
                merged.Metrics[entry.Key] = entry.Value;
            }
        }

        return merged;
    }

    private LockedState ReadLockFile() => File.Exists(LockFile) ? LockedState.Parse(LockFile, File.ReadAllText(LockFile)) : new LockedState();

    private static void RequireComplete(string model, CachedModel cached)
    {
        if (!cached.IsComplete)
        {
            throw new EdgeBuildException(
                ErrorCodes.WorkerDefect,
                $"The worker reported success, but the model '{model}' is not complete in '{cached.Directory}'. Make sure that the tasks and the worker are of one EdgeBuild version.");
        }
    }
}
