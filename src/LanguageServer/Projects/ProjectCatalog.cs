using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;

namespace EdgeBuild.LanguageServer.Projects;

/// <summary>
/// Finds the project of a file: the csproj in its folder or in the nearest folder above that has one. What was read stays until a file of it
/// changes; a look at the times costs less than a watcher on every folder, and works in editors that watch nothing.
/// </summary>
internal sealed class ProjectCatalog
{
    private const string PlanPattern = "*.plan.json";

    private readonly Dictionary<string, (string Stamp, EdgeProject Project)> _projects = new(StringComparer.Ordinal);

    /// <summary>Finds the project of a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The project; null when no folder above has one.</returns>
    public EdgeProject? Find(string path)
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
                return Read(project);
            }
        }

        return null;
    }

    private EdgeProject Read(string projectFile)
    {
        string folder = Path.Combine(Path.GetDirectoryName(projectFile)!, "obj", "edge");
        string lockPath = Path.Combine(Path.GetDirectoryName(projectFile)!, LockFile.FileName);
        string[] files = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, PlanPattern).Order(StringComparer.Ordinal)] : [];
        string stamp = string.Join('|', files.Append(lockPath).Append(projectFile).Select(file => File.GetLastWriteTimeUtc(file).Ticks));
        if (_projects.TryGetValue(projectFile, out (string Stamp, EdgeProject Project) known) && known.Stamp == stamp)
        {
            return known.Project;
        }

        var project = new EdgeProject(projectFile, [.. files.Select(ReadPlan).OfType<TrainingPlan>()], ReadLock(lockPath));
        _projects[projectFile] = (stamp, project);
        return project;
    }

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
