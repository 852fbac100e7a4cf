using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Tasks;

/// <summary>The cache entry of one quantized model, as the worker leaves it (docs/architecture.md).</summary>
/// <param name="directory">The entry's folder.</param>
/// <param name="model">The model's name.</param>
internal sealed class CachedModel(string directory, string model)
{
    public string Directory => directory;

    public string ModelFile => Path.Combine(directory, model + ".gguf");

    public string ManifestFile => Path.Combine(directory, model + ".edge.json");

    public string ReportFile => Path.Combine(directory, "report.html");

    private string DoneFile => Path.Combine(directory, "done");

    public string FragmentFile => Path.Combine(directory, LockFile.FileName);

    /// <summary>What the licence of the base asks for; entries of older versions lack it.</summary>
    public string NoticeFile => Path.Combine(directory, model + ".NOTICE.txt");

    /// <summary>Gets the files that belong beside the app.</summary>
    public IEnumerable<string> ShippedFiles => new[] { ModelFile, ManifestFile, NoticeFile }.Where(File.Exists);

    public bool IsComplete =>
        File.Exists(DoneFile) && File.Exists(ModelFile) && File.Exists(ManifestFile) && File.Exists(FragmentFile);

    public static CachedModel Of(string cacheDirectory, string modelKey, string model) => new(Path.Combine(cacheDirectory, "models", modelKey), model);

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
