using EdgeBuild.Contracts;
using Microsoft.Build.Framework;
using MSBuildTask = Microsoft.Build.Utilities.Task;

namespace EdgeBuild.Tasks;

/// <summary>Runs <c>edgebuild train</c> for each plan, one after the other: a training uses every core.</summary>
public sealed class RunEdgeWorker : MSBuildTask, ICancelableTask
{
    /// <summary>128 + SIGINT, as shells and the worker report it.</summary>
    private const int Interrupted = 130;

    private readonly object _gate = new();
    private WorkerProcess? _worker;
    private bool _cancelled;

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

    /// <summary>Gets or sets <c>Auto</c> or <c>None</c>; see <see cref="ProgressDisplay"/>.</summary>
    public string Progress { get; set; } = "Auto";

    private string ProjectDirectory => Path.GetDirectoryName(ProjectFile)!;

    /// <inheritdoc/>
    public override bool Execute()
    {
        foreach (ITaskItem model in Models)
        {
            try
            {
                if (!Run(model))
                {
                    return false;
                }
            }
            catch (EdgeBuildException exception)
            {
                Log.LogDiagnostic(ModelOrigin.Read(model).Complete(exception.ToDiagnostic()), ProjectDirectory);
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void Cancel()
    {
        WorkerProcess? worker;
        lock (_gate)
        {
            _cancelled = true;
            worker = _worker;
        }

        worker?.Stop();
    }

    /// <summary>Where the worker finds what it cannot know by itself, by environment variable.</summary>
    private Dictionary<string, string?> Folders() => new(StringComparer.Ordinal)
    {
        ["EDGEBUILD_NATIVES"] = NativesFolder,
        ["NUGET_PACKAGES"] = PackagesFolder,
    };

    private bool Run(ITaskItem model)
    {
        string dotnet = string.IsNullOrEmpty(DotNetHostPath) ? "dotnet" : DotNetHostPath!;
        ModelOrigin origin = ModelOrigin.Read(model);
        bool reported = false;
        string lastError = string.Empty;
        using ProgressDisplay display = ProgressDisplay.Create(BuildEngine, Log, Progress, model.ItemSpec);
        object output = new();

        void OnOutput(string line)
        {
            // Lines come one after the other; the lock only orders them against those of standard error.
            lock (output)
            {
                if (WorkerProgress.TryParse(line, out WorkerProgress? progress))
                {
                    display.Report(progress!);
                }
                else if (CanonicalDiagnostic.Parse(line) is { } diagnostic)
                {
                    display.Clear();
                    reported |= diagnostic.IsError;
                    Log.LogDiagnostic(origin.Complete(diagnostic), ProjectDirectory);
                }
                else if (line.Length > 0)
                {
                    display.Message(line);
                }
            }
        }

        void OnError(string line)
        {
            lock (output)
            {
                lastError = line.Trim().Length > 0 && lastError.Length == 0 ? line.Trim() : lastError;
                Log.LogMessage(MessageImportance.Normal, "{0}", line);
            }
        }

        lock (_gate)
        {
            if (_cancelled)
            {
                return false;
            }

            _worker = WorkerProcess.Start(dotnet, WorkerPath, ["train", model.GetMetadata("PlanFile")], ProjectDirectory, Folders(), OnOutput, OnError);
        }

        int exitCode = _worker.WaitForExit();
        lock (_gate)
        {
            _worker.Dispose();
            _worker = null;
        }

        if (_cancelled)
        {
            return false;
        }

        if (exitCode != 0 && !reported)
        {
            string reason = lastError.Length > 0 ? $" It said: {lastError}" : string.Empty;
            // Ctrl+C reaches the worker too, and it may have ended before MSBuild cancels this task.
            var unexplained = exitCode == Interrupted
                ? new Diagnostic(ErrorCodes.Cancelled, DiagnosticSeverity.Error, string.Empty, default, $"The training of the model '{model.ItemSpec}' was interrupted. The next build goes on where it stopped.")
                : new Diagnostic(
                    ErrorCodes.WorkerNotStarted,
                    DiagnosticSeverity.Error,
                    string.Empty,
                    default,
                    $"The worker ended with exit code {exitCode} while it made the model '{model.ItemSpec}', and reported no error.{reason} Build again with -v:n to see all its output.");
            Log.LogDiagnostic(origin.Complete(unexplained), ProjectDirectory);
        }

        return exitCode == 0 && !reported;
    }
}
