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

    public string FragmentFile => Path.Combine(directory, LockFile.FileName);

    public bool IsComplete =>
        File.Exists(Path.Combine(directory, "done")) && File.Exists(ModelFile) && File.Exists(ManifestFile) && File.Exists(FragmentFile);

    public static CachedModel Of(string cacheDirectory, string modelKey, string model) => new(Path.Combine(cacheDirectory, "models", modelKey), model);

    /// <summary>Reads the part of the lock file that belongs to the model.</summary>
    public LockFile ReadFragment() => LockFile.Parse(FragmentFile, File.ReadAllText(FragmentFile));
}
