using EdgeBuild.Contracts;

namespace EdgeBuild.Worker.Caching;

/// <summary>Chooses what leaves a cache that is too large: what was not used for the longest time.</summary>
/// <param name="MaxSize">The size that may stay; null for no limit.</param>
/// <param name="OlderThan">What was not used for this long goes whatever the size is; null for no limit.</param>
/// <param name="Spared">What was used within this time stays: a build that runs may need it.</param>
internal sealed record CachePruning(long? MaxSize, TimeSpan? OlderThan, TimeSpan Spared)
{
    /// <summary>A build takes its files out of the cache within this time after the worker has made them.</summary>
    public static readonly TimeSpan InUse = TimeSpan.FromHours(1);

    /// <summary>Keeps a cache within the limit of a project.</summary>
    /// <param name="root">The cache folder.</param>
    /// <param name="limit">The limit in bytes; 0 for none.</param>
    /// <returns>What was done, or null.</returns>
    public static string? Enforce(string root, long limit)
    {
        if (limit <= 0)
        {
            return null;
        }

        var contents = new CacheContents(root);
        CacheEntry[] deleted = [.. new CachePruning(limit, null, InUse).Choose(contents.List(), DateTime.UtcNow).Where(contents.TryDelete)];
        return deleted.Length == 0 ? null : $"removed {deleted.Length} entries ({ByteSize.Format(deleted.Sum(entry => entry.Size))}) from the cache, which may hold {ByteSize.Format(limit)}";
    }

    /// <summary>Chooses.</summary>
    /// <param name="entries">All entries.</param>
    /// <param name="now">The time.</param>
    /// <returns>Those to delete, the oldest first.</returns>
    public IReadOnlyList<CacheEntry> Choose(IReadOnlyList<CacheEntry> entries, DateTime now)
    {
        long size = entries.Sum(entry => entry.Size);
        var chosen = new List<CacheEntry>();
        foreach (CacheEntry entry in entries.OrderBy(entry => entry.LastUsed).ThenBy(entry => entry.Entry, StringComparer.Ordinal))
        {
            TimeSpan age = now - entry.LastUsed;
            if (age >= Spared && (age >= OlderThan || size > MaxSize))
            {
                chosen.Add(entry);
                size -= entry.Size;
            }
        }

        return chosen;
    }
}
