namespace EdgeBuild.Runtime;

/// <summary>Files that may be symbolic links, as volumes of containers are: size and time are those of the file that is read.</summary>
internal static class LinkedFile
{
    /// <summary>Finds the file behind a path.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The file, which may not exist.</returns>
    public static FileInfo Follow(string path)
    {
        var file = new FileInfo(path);
        return file.Exists && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target : file;
    }
}
