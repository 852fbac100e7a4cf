namespace EdgeBuild.Tests;

/// <summary>Every prompt file of the repository, build outputs aside.</summary>
internal static class RepositoryPrompts
{
    public static IReadOnlyList<string> Paths { get; } =
    [
        .. Directory.EnumerateFiles(RepositoryFiles.Root, "*.prompty", SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(RepositoryFiles.Root, path).Split(Path.DirectorySeparatorChar).Any(folder => folder is "bin" or "obj" or "artifacts" or "node_modules"))
            .Order(StringComparer.Ordinal),
    ];
}
