namespace EdgeBuild.Worker.Acquisition;

/// <summary>
/// One repository in the cache of Hugging Face's tools (hub-docs, <c>local-cache.md</c>): contents in <c>blobs</c> under their hash, and for each
/// commit a folder of links to them in <c>snapshots</c>.
/// </summary>
/// <param name="cacheDirectory">The cache.</param>
/// <param name="repository"><c>OWNER/REPO</c>.</param>
internal sealed class HubCache(string cacheDirectory, string repository)
{
    private readonly string _name = "models--" + repository.Replace("/", "--", StringComparison.Ordinal);

    private string Root => Path.Combine(cacheDirectory, _name);

    /// <summary>Gets the path under which a file of a commit is read; it need not exist.</summary>
    public string SnapshotPath(string commit, string file) => Path.Combine([Root, "snapshots", commit, .. file.Split('/')]);

    /// <summary>Gets the path of a content; it need not exist.</summary>
    public string BlobPath(string name) => Path.Combine(Root, "blobs", name);

    /// <summary>Gets the path of a content that is not complete, as Hugging Face's own download leaves it too.</summary>
    public string PartialPath(string name) => BlobPath(name) + ".incomplete";

    /// <summary>Gets the path of the lock that Hugging Face's tools hold while they download a content.</summary>
    public string LockPath(string name) => Path.Combine(cacheDirectory, ".locks", _name, name + ".lock");

    /// <summary>Moves a complete content into place and links it into the snapshot.</summary>
    public void Store(string name, string commit, string file)
    {
        File.Move(PartialPath(name), BlobPath(name), overwrite: true);
        Link(name, commit, file);
    }

    /// <summary>Makes a content readable under its name in a commit.</summary>
    public void Link(string name, string commit, string file)
    {
        string snapshot = SnapshotPath(commit, file);
        Directory.CreateDirectory(Path.GetDirectoryName(snapshot)!);

        // A link whose target is gone exists for Delete and not for Exists.
        File.Delete(snapshot);
        try
        {
            File.CreateSymbolicLink(snapshot, Path.GetRelativePath(Path.GetDirectoryName(snapshot)!, BlobPath(name)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            // Windows without the right to create links: Hugging Face's tools keep the file itself there as well.
            File.Move(BlobPath(name), snapshot, overwrite: true);
        }
    }
}
