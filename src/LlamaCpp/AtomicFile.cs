namespace EdgeBuild.LlamaCpp;

/// <summary>Files that appear under their names only when they are complete and on the disk.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file beside its place and moves it there.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="write">Writes the content.</param>
    public static void Write(string path, Action<Stream> write)
    {
        string temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
