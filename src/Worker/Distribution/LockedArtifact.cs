using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Worker.Distribution;

/// <summary>A model or adapter of a lock file, as far as its files are concerned.</summary>
/// <param name="Name">Its name.</param>
/// <param name="FileStem">What the names of its files begin with.</param>
/// <param name="ModelKey">The key of its cache entry.</param>
/// <param name="AdapterKey">The key of its training; empty for a plain model.</param>
/// <param name="Sha256">The hash of its GGUF file.</param>
internal sealed record LockedArtifact(string Name, string FileStem, string ModelKey, string AdapterKey, string Sha256)
{
    /// <summary>Gets the name of its GGUF file.</summary>
    public string File => FileStem + ArtifactFiles.ModelSuffix;

    /// <summary>Gets the key that builds lock while they make it.</summary>
    public string LockKey => AdapterKey.Length > 0 ? AdapterKey : ModelKey;

    /// <summary>Lists the artifacts of a lock file.</summary>
    /// <param name="lockFile">The lock file.</param>
    /// <returns>Models, then adapters.</returns>
    public static IEnumerable<LockedArtifact> Of(LockFile lockFile) => lockFile.Models
        .Select(entry => new LockedArtifact(entry.Key, entry.Key, entry.Value.ModelKey, entry.Value.AdapterKey, entry.Value.Sha256))
        .Concat(lockFile.Adapters.Select(entry =>
            new LockedArtifact(entry.Key, ArtifactFiles.AdapterStem(entry.Key), entry.Value.ModelKey, entry.Value.AdapterKey, entry.Value.Sha256)));

    /// <summary>Tells whether a cache entry holds this very file.</summary>
    /// <param name="entry">The entry's folder.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Whether the entry is complete and its file has the hash of the lock file.</returns>
    public bool IsIn(string entry, CancellationToken cancellationToken)
    {
        string path = Path.Combine(entry, File);
        return Caching.ArtifactCache.IsComplete(entry) && System.IO.File.Exists(path) && LlamaCpp.FileHash.Sha256(path, cancellationToken) == Sha256;
    }
}
