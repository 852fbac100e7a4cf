using System.Globalization;

namespace EdgeBuild.Worker.Caching;

/// <summary>A cache entry under construction. Disposing without <see cref="Commit"/> removes it.</summary>
public sealed class PendingEntry : IDisposable
{
    internal const string Suffix = ".tmp-";

    private readonly string _final;
    private bool _committed;

    internal PendingEntry(string final)
    {
        _final = final;
        Directory = final + Suffix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (System.IO.Directory.Exists(Directory))
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }

        System.IO.Directory.CreateDirectory(Directory);
    }

    /// <summary>Gets the folder to write into.</summary>
    public string Directory { get; }

    /// <summary>Gets the path of a file of the entry.</summary>
    /// <param name="fileName">The file's name.</param>
    /// <returns>An absolute path inside <see cref="Directory"/>.</returns>
    public string PathOf(string fileName) => Path.Combine(Directory, fileName);

    /// <summary>Flushes every file to the disk, writes the marker and renames the folder into place.</summary>
    public void Commit()
    {
        File.WriteAllText(PathOf(ArtifactCache.DoneFileName), string.Empty);
        foreach (string file in System.IO.Directory.EnumerateFiles(Directory))
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1);
            stream.Flush(flushToDisk: true);
        }

        if (System.IO.Directory.Exists(_final))
        {
            System.IO.Directory.Delete(_final, recursive: true);
        }

        System.IO.Directory.Move(Directory, _final);
        _committed = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_committed && System.IO.Directory.Exists(Directory))
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }
}
