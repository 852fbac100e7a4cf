using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Worker.Distribution;

/// <summary>A project as push and pull see it: its folder, its name and its lock file.</summary>
/// <param name="Directory">The folder, where the search for nuget.config begins.</param>
/// <param name="Name">The name of the project file, else of the folder.</param>
/// <param name="LockFile">The lock file.</param>
internal sealed record LockedProject(string Directory, string Name, LockFile LockFile)
{
    /// <summary>Finds a project.</summary>
    /// <param name="path">A folder, a project file or a lock file; null for the current folder.</param>
    /// <returns>The project.</returns>
    /// <exception cref="EdgeBuildException">EDGE0004: there is no lock file. EDGE0006: it cannot be read.</exception>
    public static LockedProject Find(string? path)
    {
        string full = Path.GetFullPath(path ?? ".");
        bool isLockFile = full.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        string directory = System.IO.Directory.Exists(full) ? full : Path.GetDirectoryName(full)!;
        string lockPath = isLockFile ? full : Path.Combine(directory, Contracts.Locking.LockFile.FileName);
        if (!File.Exists(lockPath))
        {
            throw new EdgeBuildException(ErrorCodes.FileNotFound, "There is no lock file. Name the project's folder or its lock file; a build with EdgeBuildTraining=Auto writes it.", lockPath);
        }

        string[] projects = full.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase) ? [full] : System.IO.Directory.GetFiles(directory, "*.csproj");
        string name = projects.Length == 1 ? Path.GetFileNameWithoutExtension(projects[0]) : Path.GetFileName(directory);
        return new LockedProject(directory, name, Contracts.Locking.LockFile.Parse(lockPath, File.ReadAllText(lockPath)));
    }

    /// <summary>Gets the packages of its models and adapters.</summary>
    /// <param name="prefix">What their ids begin with; null for the default.</param>
    /// <param name="names">Models and adapters; none means all.</param>
    /// <returns>The packages.</returns>
    /// <exception cref="EdgeBuildException">EDGE0002: a name is not in the lock file.</exception>
    public IReadOnlyList<ModelPackage> Packages(string? prefix, IReadOnlyCollection<string> names)
    {
        LockedArtifact[] artifacts = [.. LockedArtifact.Of(LockFile)];
        if (names.FirstOrDefault(name => !artifacts.Any(artifact => artifact.Name == name)) is { } unknown)
        {
            string known = string.Join(", ", artifacts.Select(artifact => $"'{artifact.Name}'").Distinct(StringComparer.Ordinal));
            throw new EdgeBuildException(ErrorCodes.UnknownReference, $"The lock file has no model or adapter '{unknown}'; it has {known}.", Directory);
        }

        string start = prefix ?? string.Concat(Name.Select(c => char.IsLetterOrDigit(c) || c is '_' or '.' ? c : '-')).Trim('-', '.') + ".EdgeModel";
        return [.. artifacts.Where(artifact => names.Count == 0 || names.Contains(artifact.Name)).Select(artifact => new ModelPackage(artifact, start))];
    }
}
