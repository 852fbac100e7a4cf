using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Tasks;

/// <summary>The cache entry of one model or adapter, as the worker leaves it (docs/architecture.md).</summary>
/// <param name="directory">The entry's folder.</param>
/// <param name="fileStem">What the names of its files begin with.</param>
internal sealed class CachedModel(string directory, string fileStem)
{
    public string Directory => directory;

    public string ModelFile => Path.Combine(directory, fileStem + ArtifactFiles.ModelSuffix);

    public string ManifestFile => Path.Combine(directory, fileStem + ArtifactFiles.ManifestSuffix);

    public string ReportFile => Path.Combine(directory, "report.html");

    public string FragmentFile => Path.Combine(directory, LockFile.FileName);

    public bool IsComplete =>
        File.Exists(Path.Combine(directory, "done")) && File.Exists(ModelFile) && File.Exists(ManifestFile) && File.Exists(FragmentFile);

    public static CachedModel Of(string cacheDirectory, string modelKey, string fileStem) => new(Path.Combine(cacheDirectory, "models", modelKey), fileStem);

    /// <summary>Reads the part of the lock file that belongs to the model.</summary>
    public LockFile ReadFragment() => LockFile.Parse(FragmentFile, File.ReadAllText(FragmentFile));
}
