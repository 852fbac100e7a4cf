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

    private string DoneFile => Path.Combine(directory, "done");

    public string FragmentFile => Path.Combine(directory, LockFile.FileName);

    /// <summary>What the licence of the base asks for; entries of older versions lack it.</summary>
    public string NoticeFile => Path.Combine(directory, fileStem + ArtifactFiles.NoticeSuffix);

    public bool IsComplete =>
        File.Exists(DoneFile) && File.Exists(ModelFile) && File.Exists(ManifestFile) && File.Exists(FragmentFile);

    public static CachedModel Of(string cacheDirectory, string modelKey, string fileStem) => new(Path.Combine(cacheDirectory, "models", modelKey), fileStem);

    /// <summary>Notes that a build took the entry, so that it is not among the first to go when the cache is too large.</summary>
    public void MarkUsed()
    {
        try
        {
            File.SetLastWriteTimeUtc(DoneFile, DateTime.UtcNow);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A shared cache that is read-only here is pruned by whoever may write to it.
        }
    }

    /// <summary>Reads the part of the lock file that belongs to the model.</summary>
    public LockFile ReadFragment() => LockFile.Parse(FragmentFile, File.ReadAllText(FragmentFile));
}
