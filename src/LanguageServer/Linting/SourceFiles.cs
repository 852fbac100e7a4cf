using EdgeBuild.Contracts;
using EdgeBuild.LanguageServer.Features;

namespace EdgeBuild.LanguageServer.Linting;

/// <summary>Finds prompt files and datasets below folders.</summary>
public static class SourceFiles
{
    private static readonly string[] _skipped = ["bin", "obj", "node_modules"];

    /// <summary>Finds the files of paths, in ordinal order; folders of builds, packages and version control are passed over.</summary>
    /// <param name="paths">Files or folders.</param>
    /// <returns>Prompt files and files that may be datasets.</returns>
    /// <exception cref="EdgeBuildException">EDGE0004: a path does not exist.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> paths)
    {
        var files = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            if (File.Exists(path))
            {
                files.Add(path);
            }
            else if (Directory.Exists(path))
            {
                AddFolder(path, files);
            }
            else
            {
                throw new EdgeBuildException(ErrorCodes.FileNotFound, "There is no such file or folder. Correct the path.", path);
            }
        }

        return [.. files];
    }

    /// <summary>Tells whether a file is a prompt file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Whether it ends with <c>.prompty</c>.</returns>
    public static bool IsPrompt(string path) => path.EndsWith(".prompty", StringComparison.OrdinalIgnoreCase);

    private static void AddFolder(string folder, SortedSet<string> files)
    {
        foreach (string file in Directory.EnumerateFiles(folder).Where(file => IsPrompt(file) || DatasetFile.IsDataset(file)))
        {
            files.Add(Path.GetRelativePath(".", file));
        }

        foreach (string inner in Directory.EnumerateDirectories(folder).Where(inner => !_skipped.Contains(Path.GetFileName(inner)) && !Path.GetFileName(inner).StartsWith('.')))
        {
            AddFolder(inner, files);
        }
    }
}
