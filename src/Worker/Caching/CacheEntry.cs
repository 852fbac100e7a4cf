namespace EdgeBuild.Worker.Caching;

/// <summary>Something in the cache that can be deleted by itself.</summary>
/// <param name="Entry">Its path relative to the cache, with slashes: <c>models/KEY</c>.</param>
/// <param name="Path">Its absolute path.</param>
/// <param name="Names">The models and adapters that it was made for; empty when nobody knows.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="LastUsed">When a build made it or took it.</param>
internal sealed record CacheEntry(string Entry, string Path, IReadOnlyList<string> Names, long Size, DateTime LastUsed)
{
    /// <summary>Gets the folder that it lies in, which tells what it is.</summary>
    public string Kind => Entry.Split('/')[0];

    /// <summary>Gets the key or file name.</summary>
    public string Key => Entry.Split('/')[1];
}
