using EdgeBuild.Contracts;
using Microsoft.Build.Framework;
using MSBuildTask = Microsoft.Build.Utilities.Task;

namespace EdgeBuild.Tasks;

/// <summary>Runs <c>edgebuild train</c> for each plan, one after the other: a training uses every core.</summary>
public sealed class RunEdgeWorker : MSBuildTask, ICancelableTask
{
    private volatile bool _cancelled;
    private volatile WorkerCall? _call;

    /// <summary>Gets or sets the full path of the project file.</summary>
    [Required]
    public string ProjectFile { get; set; } = string.Empty;

    /// <summary>Gets or sets the models of <see cref="PlanEdgeModels"/> that are to be trained; metadata <c>PlanFile</c>.</summary>
    [Required]
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>Gets or sets the path of edgebuild.dll.</summary>
    [Required]
    public string WorkerPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the dotnet host that runs this build.</summary>
    public string? DotNetHostPath { get; set; }

    /// <summary>Gets or sets the folder of the native llama.cpp; empty when the worker has it beside itself.</summary>
    public string? NativesFolder { get; set; }

    /// <summary>Gets or sets the folder of the restored NuGet packages, in which the worker looks for libtorch.</summary>
    public string? PackagesFolder { get; set; }

    /// <summary>Gets or sets a value indicating whether rows may be written to the log.</summary>
    public bool LogData { get; set; }

    /// <summary>Gets or sets <c>Auto</c> or <c>None</c>; see <see cref="ProgressDisplay"/>.</summary>
    public string Progress { get; set; } = "Auto";

    /// <inheritdoc/>
    public override bool Execute()
    {
        string directory = Path.GetDirectoryName(ProjectFile)!;
        var call = new WorkerCall(BuildEngine, Log, new WorkerHost(WorkerPath, DotNetHostPath, NativesFolder, PackagesFolder, Progress, directory, LogData));
        _call = call;
        if (_cancelled)
        {
            call.Cancel();
        }

        foreach (ITaskItem model in Models)
        {
            ModelOrigin origin = ModelOrigin.Read(model);
            try
            {
                if (!call.Run(model.ItemSpec, "made the model", origin, ["train", model.GetMetadata("PlanFile")]))
                {
                    return false;
                }
            }
            catch (EdgeBuildException exception)
            {
                Log.LogDiagnostic(origin.Complete(exception.ToDiagnostic()), directory);
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void Cancel()
    {
        _cancelled = true;
        _call?.Cancel();
    }
}
