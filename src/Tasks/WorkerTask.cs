using EdgeBuild.Contracts;
using Microsoft.Build.Framework;
using MSBuildTask = Microsoft.Build.Utilities.Task;

namespace EdgeBuild.Tasks;

/// <summary>A task that may run the worker, and ends it when the build is cancelled.</summary>
public abstract class WorkerTask : MSBuildTask, ICancelableTask
{
    private volatile bool _cancelled;
    private volatile WorkerCall? _call;

    /// <summary>Gets or sets the full path of the project file.</summary>
    [Required]
    public string ProjectFile { get; set; } = string.Empty;

    /// <summary>Gets or sets the path of edgebuild.dll.</summary>
    [Required]
    public string WorkerPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the dotnet host that runs this build.</summary>
    public string? DotNetHostPath { get; set; }

    /// <summary>Gets or sets the folder of the native llama.cpp; empty when the worker has it beside itself.</summary>
    public string? NativesFolder { get; set; }

    /// <summary>Gets or sets the folder of the restored NuGet packages, in which the worker looks for libtorch and bases.</summary>
    public string? PackagesFolder { get; set; }

    /// <summary>Gets or sets a value indicating whether rows may be written to the log.</summary>
    public bool LogData { get; set; }

    /// <summary>Gets or sets <c>Auto</c> or <c>None</c>; see <see cref="ProgressDisplay"/>.</summary>
    public string Progress { get; set; } = "Auto";

    /// <summary>Gets a value indicating whether the build was cancelled.</summary>
    protected bool IsCancelled => _cancelled;

    /// <inheritdoc/>
    public void Cancel()
    {
        _cancelled = true;
        _call?.Cancel();
    }

    /// <summary>Prepares calls of the worker; after a cancellation they fail without a start.</summary>
    private protected WorkerCall CreateCall()
    {
        var call = new WorkerCall(
            BuildEngine, Log, new WorkerHost(WorkerPath, DotNetHostPath, NativesFolder, PackagesFolder, Progress, Path.GetDirectoryName(ProjectFile)!, LogData));
        _call = call;
        if (_cancelled)
        {
            call.Cancel();
        }

        return call;
    }

    /// <summary>Logs a finding.</summary>
    private protected void Report(Diagnostic diagnostic) => Log.LogDiagnostic(diagnostic, Path.GetDirectoryName(ProjectFile)!, LogData);
}
