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

    private string DoneFile => Path.Combine(directory, CacheLayout.DoneFileName);

    public string FragmentFile => Path.Combine(directory, LockFile.FileName);

    /// <summary>What the licence of the base asks for; entries of older versions lack it.</summary>
    public string NoticeFile => Path.Combine(directory, fileStem + ArtifactFiles.NoticeSuffix);

    public bool IsComplete =>
        File.Exists(DoneFile) && File.Exists(ModelFile) && File.Exists(ManifestFile) && File.Exists(FragmentFile);

    public static CachedModel Of(string cacheDirectory, string modelKey, string fileStem) => new(CacheLayout.ModelDirectory(cacheDirectory, modelKey), fileStem);

    /// <summary>Notes that a build took the entry.</summary>
    public void MarkUsed() => CacheLayout.MarkUsed(directory);

    /// <summary>Reads what the training has warned of; a line that a newer version has written is left out.</summary>
    public IEnumerable<Diagnostic> ReadWarnings() => CacheLayout.ReadWarnings(directory).Select(CanonicalDiagnostic.Parse).OfType<Diagnostic>();

    /// <summary>Reads the part of the lock file that belongs to the model.</summary>
    public LockFile ReadFragment() => LockFile.Parse(FragmentFile, File.ReadAllText(FragmentFile));
}
