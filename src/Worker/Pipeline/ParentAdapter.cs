using EdgeBuild.Worker.Caching;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>The adapter of the cache that a refresh starts from.</summary>
/// <param name="Key">Its key.</param>
/// <param name="AdapterPath">Its GGUF file.</param>
/// <param name="RowHashes">The hashes of the rows that it was trained on.</param>
internal sealed record ParentAdapter(string Key, string AdapterPath, IReadOnlySet<string> RowHashes)
{
    /// <summary>The rows of the entry, one hash a line.</summary>
    public const string RowsFileName = "rows.txt";

    /// <summary>The adapter of the entry.</summary>
    public const string AdapterFileName = "adapter.gguf";

    /// <summary>The newest so many are looked at: each costs the reading of its row hashes.</summary>
    private const int MostCandidates = 64;

    /// <summary>Finds the adapter that was made for the same task and from whose rows the fewest differ.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="owned">The entries of the model or adapter that is made: what others' rows have taught must not live on in it.</param>
    /// <param name="taskKey">The task.</param>
    /// <param name="lockedKey">The adapter that the lock file names; it wins among equals. Empty for none.</param>
    /// <param name="ownKey">The adapter that is being made.</param>
    /// <param name="train">The rows to train on.</param>
    /// <returns>The adapter, or null when there is none for this task.</returns>
    public static ParentAdapter? Nearest(ArtifactCache cache, IReadOnlyCollection<string> owned, string taskKey, string lockedKey, string ownKey, IReadOnlyList<LabelledRow> train)
    {
        string[] keys = [.. cache.AdapterKeys().Where(key => owned.Contains(CacheOwners.Adapter(key))).Take(MostCandidates)];
        return keys.Append(lockedKey)
            .Where(key => key.Length > 0 && key != ownKey)
            .Distinct(StringComparer.Ordinal)
            .Select(key => Read(cache.AdapterDirectory(key), key, taskKey))
            .OfType<ParentAdapter>()
            .OrderBy(parent => RefreshPlan.CountDifferences(train, parent.RowHashes))
            .ThenBy(parent => parent.Key == lockedKey ? 0 : 1)
            .ThenBy(parent => parent.Key, StringComparer.Ordinal)
            .FirstOrDefault();
    }

    private static ParentAdapter? Read(string directory, string key, string taskKey)
    {
        string rows = Path.Combine(directory, RowsFileName);
        return ArtifactCache.IsComplete(directory) && AdapterRecord.Read(directory)?.TaskKey == taskKey && File.Exists(rows)
            ? new ParentAdapter(key, Path.Combine(directory, AdapterFileName), File.ReadLines(rows).ToHashSet(StringComparer.Ordinal))
            : null;
    }
}
