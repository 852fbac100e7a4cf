using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Bases;
using EdgeBuild.Worker.Caching;

namespace EdgeBuild.Worker.Acquisition;

/// <summary>Gets a file of the Hugging Face Hub: from the cache that Hugging Face's own tools share, or by a download into it.</summary>
/// <param name="settings">Where hub and cache are.</param>
/// <param name="offline">Whether nothing may be fetched.</param>
/// <param name="progress">Receives progress.</param>
/// <param name="delay">Waits; null for real waits.</param>
internal sealed class HubBase(HubSettings settings, bool offline, ProgressReporter progress, Func<TimeSpan, CancellationToken, Task>? delay = null)
{
    /// <summary>Gets the file of a commit.</summary>
    /// <param name="source">Repository, commit and file.</param>
    /// <param name="sha256">Its pinned hash, or an empty text. It is compared when something is downloaded; a file of the cache is the caller's to check.</param>
    /// <param name="cancellationToken">Ends the download; the next one goes on.</param>
    /// <returns>The file.</returns>
    /// <exception cref="EdgeBuildException">EDGE4003, EDGE4004, EDGE4009 or EDGE0008.</exception>
    public async Task<FetchedBase> GetAsync(BaseSource source, string sha256, CancellationToken cancellationToken)
    {
        var cache = new HubCache(settings.CacheDirectory, source.Name);
        string path = cache.SnapshotPath(source.Version, source.File);
        if (File.Exists(path))
        {
            return new FetchedBase(path, string.Empty);
        }

        if (sha256.Length > 0 && File.Exists(cache.BlobPath(sha256)))
        {
            // Another commit has the same content.
            cache.Link(sha256, source.Version, source.File);
            return new FetchedBase(path, string.Empty);
        }

        RequireNetwork(source);
        using var client = new HubClient(settings, text => progress.Report(0, null, text), delay);
        Uri address = client.FileAddress(source.Name, source.Version, source.File);
        HubFileFacts facts = await client.GetFactsAsync(address, cancellationToken);
        if (sha256.Length > 0 && facts.Sha256 is { } known && known != sha256)
        {
            throw new EdgeBuildException(
                ErrorCodes.HashMismatch,
                $"'{source}' has the SHA-256 {known}, but {sha256} is pinned; nothing was downloaded. Correct Sha256 of the EdgeBase, or its Source.");
        }

        string? expected = sha256.Length > 0 ? sha256 : facts.Sha256;
        string name = expected ?? (facts.Etag.Length > 0 && facts.Etag.All(char.IsAsciiLetterOrDigit) ? facts.Etag : ContentKey.OfText(address.AbsoluteUri));
        using IDisposable held = await FileLock.AcquireAsync(
            cache.LockPath(name), () => progress.Report(0, null, $"waiting for another process that fetches {source.File}"), cancellationToken);
        if (!File.Exists(path))
        {
            var download = new FileDownload(client, address, cache.PartialPath(name), progress.Report);
            await download.RunAsync(expected, facts.Size, cancellationToken);
            cache.Store(name, source.Version, source.File);
        }

        return new FetchedBase(path, string.Empty);
    }

    /// <summary>Finds the commit that a branch or tag is now.</summary>
    /// <param name="source">A source with any revision; none is <c>main</c>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The source with its commit, and the licence of the repository.</returns>
    public async Task<(BaseSource Source, string License)> FixAsync(BaseSource source, CancellationToken cancellationToken)
    {
        RequireNetwork(source);
        using var client = new HubClient(settings, progress.Message, delay);
        (string commit, string license) = await client.GetRevisionAsync(source.Name, source.Version.Length > 0 ? source.Version : "main", cancellationToken);
        return (source with { Version = commit }, license);
    }

    private void RequireNetwork(BaseSource source)
    {
        if (offline || settings.Offline)
        {
            throw new EdgeBuildException(
                ErrorCodes.AcquisitionFailed,
                $"'{source}' is not in the cache '{settings.CacheDirectory}', and {(offline ? "EdgeBuildOffline" : "HF_HUB_OFFLINE")} is set. Build once with network, or copy the folder of the repository from another machine.");
        }
    }
}
