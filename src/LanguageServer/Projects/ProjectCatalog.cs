using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;

namespace EdgeBuild.LanguageServer.Projects;

/// <summary>
/// Finds the project of a file: the csproj in its folder or in the nearest folder above that has one, else one of the workspace whose items name the
/// file. What was read stays until a file of it changes; a look at the times costs less than a watcher on every folder, and works in editors that watch nothing.
/// </summary>
/// <param name="evaluated">Called when an evaluation has found what no build has told.</param>
internal sealed class ProjectCatalog(Action evaluated) : IDisposable
{
    private const string PlanPattern = "*.plan.json";
    private static readonly string[] _imports = ["Directory.Build.props", "Directory.Build.targets"];

    // Somebody who saves a project often saves it twice.
    private static readonly TimeSpan _quiet = TimeSpan.FromMilliseconds(300);

    private readonly Dictionary<string, (string Stamp, EdgeProject Project)> _projects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Stamp, ProjectEvaluation? Evaluation)> _evaluations = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _lock = new();
    private IReadOnlyList<string> _workspace = [];

    /// <summary>Gets the end of the evaluations that run.</summary>
    public Task Pending { get; private set; } = Task.CompletedTask;

    /// <summary>Looks for projects in the folders that the editor has open, beside the messages.</summary>
    public void Search(IReadOnlyList<string> folders)
    {
        CancellationToken cancellationToken = _ended.Token;
        _ = Task.Run(
            () =>
            {
                _workspace = WorkspaceProjects.Find(folders, MayHaveItems, cancellationToken);
                evaluated();
            },
            CancellationToken.None);
    }

    /// <summary>Finds the project of a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The project; null when there is none.</returns>
    public EdgeProject? Find(string path)
    {
        EdgeProject? nearest = FindAbove(path);
        if (nearest?.Has(path) == true)
        {
            return nearest;
        }

        lock (_lock)
        {
            return _workspace.Select(Read).FirstOrDefault(project => project.Has(path)) ?? nearest;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        _ended.Dispose();
    }

    private EdgeProject? FindAbove(string path)
    {
        for (string? folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (!Directory.Exists(folder))
            {
                continue;
            }

            string? project = Directory.EnumerateFiles(folder, "*.csproj").Order(StringComparer.Ordinal).FirstOrDefault();
            if (project is not null)
            {
                lock (_lock)
                {
                    return Read(project);
                }
            }
        }

        return null;
    }

    private EdgeProject Read(string projectFile)
    {
        string directory = Path.GetDirectoryName(projectFile)!;
        ProjectEvaluation? known = _evaluations.GetValueOrDefault(projectFile).Evaluation;
        string folder = known?.IntermediatePath ?? Path.Combine(directory, "obj", "edge");
        string lockPath = Path.Combine(directory, LockFile.FileName);
        string[] plans = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, PlanPattern).Order(StringComparer.Ordinal)] : [];
        string[] sources = [projectFile, .. Imports(directory)];
        string sourceStamp = Stamp(sources);

        // File systems tell times in steps of some milliseconds: of the same time, the project may be the newer one.
        bool isBuilt = plans.Length > 0 && plans.Max(File.GetLastWriteTimeUtc) > sources.Max(File.GetLastWriteTimeUtc);
        if (!isBuilt)
        {
            Evaluate(projectFile, sourceStamp, sources);
        }

        ProjectEvaluation? evaluation = isBuilt ? null : known;
        string stamp = string.Join('|', Stamp([.. plans, lockPath]), sourceStamp, evaluation?.GetHashCode());
        if (_projects.TryGetValue(projectFile, out (string Stamp, EdgeProject Project) kept) && kept.Stamp == stamp)
        {
            return kept.Project;
        }

        TrainingPlan[] built = [.. plans.Select(ReadPlan).OfType<TrainingPlan>()];
        LockFile? locked = ReadLock(lockPath);
        var project = new EdgeProject(projectFile, evaluation?.Plans(built, locked) ?? built, locked);
        _projects[projectFile] = (stamp, project);
        return project;
    }

    /// <summary>Starts an evaluation beside the messages, once for each state of the project.</summary>
    private void Evaluate(string projectFile, string stamp, string[] sources)
    {
        if (_evaluations.GetValueOrDefault(projectFile).Stamp == stamp || !sources.Any(MayHaveItems))
        {
            return;
        }

        // What was known until now stays true enough while the new state is looked at.
        _evaluations[projectFile] = (stamp, _evaluations.GetValueOrDefault(projectFile).Evaluation);
        CancellationToken cancellationToken = _ended.Token;
        Task evaluating = Task.Run(
            async () =>
            {
                try
                {
                    await Task.Delay(_quiet, cancellationToken).ConfigureAwait(false);
                    ProjectEvaluation? evaluation = await ProjectEvaluation.RunAsync(projectFile, cancellationToken).ConfigureAwait(false);
                    lock (_lock)
                    {
                        if (evaluation is null || _evaluations[projectFile].Stamp != stamp)
                        {
                            return;
                        }

                        _evaluations[projectFile] = (stamp, evaluation);
                    }

                    evaluated();
                }
                catch (Exception exception) when (exception is OperationCanceledException or IOException or System.ComponentModel.Win32Exception)
                {
                    // The server ends, or there is no SDK here: then files are loose ones.
                }
            },
            CancellationToken.None);
        Pending = Task.WhenAll(Pending, evaluating);
    }

    /// <summary>Most projects near a JSONL or CSV file have nothing to do with models; MSBuild is not started for them.</summary>
    private static bool MayHaveItems(string file) => Attempt(() => File.ReadAllText(file))?.Contains("<Edge", StringComparison.Ordinal) == true;

    private static IEnumerable<string> Imports(string directory)
    {
        for (string? folder = directory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            foreach (string file in _imports.Select(name => Path.Combine(folder, name)).Where(File.Exists))
            {
                yield return file;
            }
        }
    }

    private static string Stamp(IEnumerable<string> files) => string.Join('|', files.Select(file => File.GetLastWriteTimeUtc(file).Ticks));

    private static TrainingPlan? ReadPlan(string path) => Attempt(() => TrainingPlan.Parse(File.ReadAllText(path)));

    private static LockFile? ReadLock(string path) => File.Exists(path) ? Attempt(() => LockFile.Parse(path, File.ReadAllText(path))) : null;

    // A file of another version, or one that is being written: the next build or the next look sets it right, and the build reports it.
    private static T? Attempt<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is EdgeBuildException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
