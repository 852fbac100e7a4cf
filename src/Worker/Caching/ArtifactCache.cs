using EdgeBuild.Contracts;

namespace EdgeBuild.Worker.Caching;

/// <summary>
/// The content-addressed cache of docs/architecture.md: an entry is a directory that is complete as soon as it exists under its
/// final name.
/// </summary>
/// <param name="root">The cache folder; created on demand.</param>
public sealed class ArtifactCache(string root)
{
    /// <summary>The file that marks a complete entry.</summary>
    public const string DoneFileName = CacheLayout.DoneFileName;

    /// <summary>Gets the folder of an adapter.</summary>
    /// <param name="adapterKey">The adapter's content key.</param>
    /// <returns>An absolute path; it need not exist.</returns>
    public string AdapterDirectory(string adapterKey) => Path.Combine(root, "adapters", adapterKey);

    /// <summary>Finds the complete adapters.</summary>
    /// <returns>Their keys, the newest first.</returns>
    public IEnumerable<string> AdapterKeys()
    {
        var directory = new DirectoryInfo(Path.Combine(root, "adapters"));
        return directory.Exists
            ? directory.EnumerateDirectories().Where(entry => IsComplete(entry.FullName) && !entry.Name.Contains(PendingEntry.Suffix, StringComparison.Ordinal))
                .OrderByDescending(entry => entry.LastWriteTimeUtc).ThenBy(entry => entry.Name, StringComparer.Ordinal).Select(entry => entry.Name)
            : [];
    }

    /// <summary>Gets the folder of a quantized model.</summary>
    /// <param name="modelKey">The model's content key.</param>
    /// <returns>An absolute path; it need not exist.</returns>
    public string ModelDirectory(string modelKey) => CacheLayout.ModelDirectory(root, modelKey);

    /// <summary>Gets the folder of a training's checkpoints.</summary>
    /// <param name="adapterKey">The adapter's content key.</param>
    /// <returns>An absolute path; it need not exist.</returns>
    public string CheckpointDirectory(string adapterKey) => Path.Combine(root, "checkpoints", adapterKey);

    /// <summary>Gets the file of the figures of an untuned base.</summary>
    /// <param name="key">The key of base, prompts and test rows.</param>
    /// <returns>An absolute path; it need not exist.</returns>
    public string EvaluationPath(string key) => Path.Combine(root, "evaluations", key + ".json");

    /// <summary>Tells whether an entry is complete.</summary>
    /// <param name="directory">The entry's folder.</param>
    /// <returns>Whether its marker exists.</returns>
    public static bool IsComplete(string directory) => File.Exists(Path.Combine(directory, DoneFileName));

    /// <summary>Notes that an entry was used, so that it is not among the first to go when the cache is too large.</summary>
    /// <param name="directory">The entry's folder.</param>
    public static void MarkUsed(string directory) => CacheLayout.MarkUsed(directory);

    /// <summary>Starts a new entry beside its final place, so that the last step can be one rename.</summary>
    /// <param name="directory">The entry's final folder.</param>
    /// <returns>The pending entry.</returns>
    public static PendingEntry Begin(string directory) => new(directory);

    /// <summary>Takes the machine-wide lock of a key, so that two builds of one key train once.</summary>
    /// <param name="key">The content key.</param>
    /// <param name="onWait">Called about once a second while another process holds the lock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The lock; disposing releases it.</returns>
    public Task<IDisposable> LockAsync(string key, Action onWait, CancellationToken cancellationToken) =>
        FileLock.AcquireAsync(LockPath(key), onWait, cancellationToken);

    /// <summary>Gets the file of a key's lock.</summary>
    /// <param name="key">The content key.</param>
    /// <returns>An absolute path; it need not exist.</returns>
    public string LockPath(string key) => Path.Combine(root, "locks", key + ".lock");

    /// <summary>Removes what runs that were killed have left behind.</summary>
    /// <param name="olderThan">The age from which a pending entry counts as left behind.</param>
    public void RemoveAbandonedEntries(TimeSpan olderThan)
    {
        foreach (string kind in new[] { "adapters", CacheLayout.ModelsFolder, "checkpoints" })
        {
            string directory = Path.Combine(root, kind);
            if (!Directory.Exists(directory))
            {
                continue;
            }

            foreach (string pending in Directory.EnumerateDirectories(directory, "*" + PendingEntry.Suffix + "*"))
            {
                if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(pending) > olderThan)
                {
                    Directory.Delete(pending, recursive: true);
                }
            }
        }
    }
}
