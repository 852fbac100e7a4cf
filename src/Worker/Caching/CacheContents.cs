using EdgeBuild.Contracts;

namespace EdgeBuild.Worker.Caching;

/// <summary>Lists and deletes what trainings have left in a cache. Builds that run at the same time are not disturbed: what they hold stays.</summary>
/// <param name="root">The cache folder.</param>
internal sealed class CacheContents(string root)
{
    /// <summary>What a training makes; natives and libtorch belong to the machine and hold nobody's data.</summary>
    private static readonly string[] _kinds = [CacheLayout.ModelsFolder, "adapters", "checkpoints", "failed", "evaluations"];

    private readonly ArtifactCache _cache = new(root);
    private readonly CacheOwners _owners = new(root);

    /// <summary>Lists all entries, the last used first.</summary>
    /// <returns>The entries.</returns>
    public IReadOnlyList<CacheEntry> List()
    {
        ILookup<string, string> names = _owners.NamesByEntry();
        return [.. _kinds.SelectMany(kind => Entries(kind, names)).OrderByDescending(entry => entry.LastUsed).ThenBy(entry => entry.Entry, StringComparer.Ordinal)];
    }

    /// <summary>Lists the entries of a model or adapter.</summary>
    /// <param name="name">Its name in the project.</param>
    /// <returns>Those that exist.</returns>
    public IReadOnlyList<CacheEntry> ListOf(string name)
    {
        var entries = _owners.EntriesOf(name).ToHashSet(StringComparer.Ordinal);
        return [.. List().Where(entry => entries.Contains(entry.Entry))];
    }

    /// <summary>Forgets which entries a name had.</summary>
    /// <param name="name">The model or adapter.</param>
    public void Forget(string name) => _owners.Forget(name);

    /// <summary>Deletes an entry unless a build holds it.</summary>
    /// <param name="entry">The entry.</param>
    /// <returns>False when a build holds it.</returns>
    public bool TryDelete(CacheEntry entry)
    {
        string? key = LockKey(entry);
        using IDisposable? held = key is null ? null : FileLock.TryAcquire(_cache.LockPath(key));
        bool free = key is null || held is not null;
        if (free)
        {
            Delete(entry.Path);
        }

        return free;
    }

    /// <summary>Deletes an entry as soon as no build holds it.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="onWait">Called about once a second while a build holds it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when it is gone.</returns>
    public async Task DeleteAsync(CacheEntry entry, Action onWait, CancellationToken cancellationToken)
    {
        using IDisposable? held = LockKey(entry) is { } key ? await _cache.LockAsync(key, onWait, cancellationToken) : null;
        Delete(entry.Path);
    }

    private static void Delete(string path)
    {
        if (!Directory.Exists(path))
        {
            File.Delete(path);
            return;
        }

        // A reader sees the whole entry or none; what a kill leaves here is removed as any pending entry.
        string pending = path + PendingEntry.Suffix + Path.GetRandomFileName();
        Directory.Move(path, pending);
        Directory.Delete(pending, recursive: true);
    }

    private static long SizeOf(FileSystemInfo entry) => entry is FileInfo file
        ? file.Length
        : ((DirectoryInfo)entry).EnumerateFiles("*", SearchOption.AllDirectories).Sum(inner => inner.Length);

    /// <summary>Builds hold a training by the key of its adapter; single files appear and vanish at once and need no lock.</summary>
    private static string? LockKey(CacheEntry entry) => entry.Kind switch
    {
        CacheLayout.ModelsFolder => CacheOwners.AdapterKeyOf(entry.Path) ?? entry.Key,
        "adapters" or "checkpoints" => entry.Key,
        _ => null,
    };

    private IEnumerable<CacheEntry> Entries(string kind, ILookup<string, string> names)
    {
        var folder = new DirectoryInfo(System.IO.Path.Combine(root, kind));
        foreach (FileSystemInfo found in folder.Exists ? folder.EnumerateFileSystemInfos() : [])
        {
            string key = $"{kind}/{found.Name}";
            bool isPending = found.Name.Contains(PendingEntry.Suffix, StringComparison.Ordinal);
            CacheEntry? entry = null;
            try
            {
                var done = new FileInfo(System.IO.Path.Combine(found.FullName, ArtifactCache.DoneFileName));
                DateTime used = done.Exists && done.LastWriteTimeUtc > found.LastWriteTimeUtc ? done.LastWriteTimeUtc : found.LastWriteTimeUtc;
                entry = isPending ? null : new CacheEntry(key, found.FullName, [.. names[key].Order(StringComparer.Ordinal)], SizeOf(found), used);
            }
            catch (Exception exception) when (exception is DirectoryNotFoundException or FileNotFoundException)
            {
                // Another process is deleting it.
            }

            if (entry is not null)
            {
                yield return entry;
            }
        }
    }
}
