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
            PlannedArtifact[] shipped = [.. Models.Select(PlannedArtifact.Read).Where(artifact => artifact.Action != PlanDecision.None)];
            foreach (PlannedArtifact artifact in shipped)
            {
                RequireComplete(artifact);
                artifact.Cached.MarkUsed();
                if (File.Exists(artifact.Cached.ReportFile))
                {
                    AtomicFile.CopyWhenDifferent(artifact.Cached.ReportFile, ReportOf(artifact));
                }

                // The worker has told of what it has just made.
                if (artifact.Action == PlanDecision.Cached)
                {
                    TellCached(artifact);
                }
            }

            if (string.Equals(Mode, nameof(TrainingMode.Auto), StringComparison.OrdinalIgnoreCase)
                && AtomicFile.WriteWhenDifferent(LockFile, Merge(shipped, ReadLockFile()).ToText()))
            {
                Log.LogMessage(MessageImportance.Normal, "{0} was updated.", LockFile);
            }

            AtomicFile.WriteWhenDifferent(OutputsList, string.Concat(shipped.SelectMany(artifact => Outputs(artifact, shipped)).Select(file => file + "\n")));
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
    private static LockedState Merge(IEnumerable<PlannedArtifact> artifacts, LockedState before)
    {
        var merged = new LockedState();
        foreach (PlannedArtifact artifact in artifacts)
        {
            LockedState fragment = artifact.Cached.ReadFragment();
            foreach (KeyValuePair<string, LockedModel> entry in fragment.Models)
            {
                merged.Models[entry.Key] = entry.Value;
            }

            foreach (KeyValuePair<string, LockedAdapter> entry in fragment.Adapters)
            {
                merged.Adapters[entry.Key] = entry.Value;
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

    private string ReportOf(PlannedArtifact artifact) => Path.Combine(IntermediateDirectory, artifact.FileStem + ".report.html");

    /// <summary>The same headlines that a training has; of adapters, of which there may be a thousand, only where all messages are shown.</summary>
    private void TellCached(PlannedArtifact artifact)
    {
        MessageImportance importance = artifact.IsAdapter ? MessageImportance.Normal : MessageImportance.High;
        Log.LogMessage(importance, "EdgeBuild: {0}: nothing to do, it is in the cache", artifact.Name);
        if (FiguresLine.Of(artifact.Cached.ReadFragment()) is { } figures)
        {
            Log.LogMessage(importance, "EdgeBuild: {0}: {1}", artifact.Name, figures);
        }

        if (File.Exists(ReportOf(artifact)))
        {
            Log.LogMessage(importance, "EdgeBuild: {0}: report {1}", artifact.Name, new Uri(ReportOf(artifact)).AbsoluteUri);
        }
    }

    private LockedState ReadLockFile() => File.Exists(LockFile) ? LockedState.Parse(LockFile, File.ReadAllText(LockFile)) : new LockedState();

    /// <summary>The files of an artifact. The manifest of a plain model lists the adapters of this project, so it is put together here.</summary>
    private IEnumerable<string> Outputs(PlannedArtifact artifact, PlannedArtifact[] shipped)
    {
        yield return artifact.Cached.ModelFile;
        if (File.Exists(artifact.Cached.NoticeFile))
        {
            yield return artifact.Cached.NoticeFile;
        }

        if (artifact.IsAdapter)
        {
            yield break;
        }

        PlannedArtifact[] adapters = [.. shipped.Where(other => other.IsAdapter && other.Model == artifact.Name)];
        if (adapters.Length == 0)
        {
            yield return artifact.Cached.ManifestFile;
            yield break;
        }

        string manifest = Path.Combine(IntermediateDirectory, artifact.FileStem + ArtifactFiles.ManifestSuffix);
        AtomicFile.WriteWhenDifferent(
            manifest, PlainManifest.WithAdapters(File.ReadAllText(artifact.Cached.ManifestFile), adapters.Select(adapter => File.ReadAllText(adapter.Cached.ManifestFile))));
        yield return manifest;
    }

    private static void RequireComplete(PlannedArtifact artifact)
    {
        if (!artifact.Cached.IsComplete)
        {
            throw new EdgeBuildException(
                ErrorCodes.WorkerDefect,
                $"The worker reported success, but '{artifact.Name}' is not complete in '{artifact.Directory}'. Make sure that the tasks and the worker are of one EdgeBuild version.");
        }
    }
}
