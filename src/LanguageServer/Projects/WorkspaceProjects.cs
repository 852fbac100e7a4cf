using System.IO.Enumeration;

namespace EdgeBuild.LanguageServer.Projects;

/// <summary>The projects of the open folders that have models: prompts and rows may lie outside of the folder of the project that uses them.</summary>
internal static class WorkspaceProjects
{
    // No file of a project lies deeper, and a home folder that somebody opens must not be read whole.
    private const int MostFiles = 200_000;
    private const int DeepestFolder = 8;
    private static readonly string[] _passedOver = ["bin", "obj", "node_modules", ".git", ".vs"];

    /// <summary>Looks for the projects of folders.</summary>
    /// <param name="folders">The folders.</param>
    /// <param name="mayHaveModels">Tells by its text whether a project may have models.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static IReadOnlyList<string> Find(IEnumerable<string> folders, Func<string, bool> mayHaveModels, CancellationToken cancellationToken)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        int seen = 0;
        foreach (string folder in folders.Where(Directory.Exists))
        {
            var files = new FileSystemEnumerable<string>(
                folder,
                (ref FileSystemEntry entry) => entry.ToFullPath(),
                new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = DeepestFolder, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint })
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && ++seen <= MostFiles && entry.FileName.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase),
                ShouldRecursePredicate = (ref FileSystemEntry entry) => seen <= MostFiles && !cancellationToken.IsCancellationRequested && !_passedOver.Contains(entry.FileName.ToString(), StringComparer.Ordinal),
            };
            found.UnionWith(files.Where(mayHaveModels));
        }

        return [.. found];
    }
}
