namespace EdgeBuild.Contracts;

/// <summary>What tasks, worker and language server know in common about the cache (docs/architecture.md).</summary>
public static class CacheLayout
{
    /// <summary>The folder of models and loadable adapters, an entry a key.</summary>
    public const string ModelsFolder = "models";

    /// <summary>The file that marks a complete entry; its time is that of the last use.</summary>
    public const string DoneFileName = "done";

    /// <summary>The warnings of the training, one a line in canonical form: they belong to the artifact, whoever takes it out of the cache.</summary>
    public const string WarningsFileName = "warnings.txt";

    /// <summary>Gets the folder of an entry.</summary>
    /// <param name="cacheDirectory">The cache.</param>
    /// <param name="modelKey">The content key.</param>
    /// <returns>A path; it need not exist.</returns>
    public static string ModelDirectory(string cacheDirectory, string modelKey) => Path.Combine(cacheDirectory, ModelsFolder, modelKey);

    /// <summary>Notes that an entry was used, so that it is not among the first to go when the cache is too large.</summary>
    /// <param name="directory">The entry's folder.</param>
    public static void MarkUsed(string directory)
    {
        try
        {
            File.SetLastWriteTimeUtc(Path.Combine(directory, DoneFileName), DateTime.UtcNow);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A shared cache that is read-only here is pruned by whoever may write to it.
        }
    }

    /// <summary>Reads the warnings of an entry.</summary>
    /// <param name="directory">The entry's folder.</param>
    /// <returns>Lines in canonical form; none for an entry without warnings.</returns>
    public static IReadOnlyList<string> ReadWarnings(string directory)
    {
        string path = Path.Combine(directory, WarningsFileName);
        return File.Exists(path) ? File.ReadAllLines(path) : [];
    }
}
