using EdgeBuild.Training;

namespace EdgeBuild.Benchmarks;

/// <summary>An empty cache that shares what is fetched once per machine (llama.cpp, libtorch) with the user's cache.</summary>
internal static class PrivateCache
{
    private static readonly string[] _shared = ["natives", "libtorch"];

    /// <summary>Creates the cache.</summary>
    /// <param name="folder">The folder to create; replaced when it exists.</param>
    public static void Create(string folder)
    {
        Delete(folder);
        Directory.CreateDirectory(folder);
        foreach (string name in _shared)
        {
            string target = Path.Combine(LibTorchPayload.CacheDirectory, name);
            Directory.CreateDirectory(target);
            Directory.CreateSymbolicLink(Path.Combine(folder, name), target);
        }
    }

    /// <summary>Deletes the cache, and never what its links lead to.</summary>
    /// <param name="folder">The folder; it need not exist.</param>
    public static void Delete(string folder)
    {
        foreach (string link in _shared.Select(name => Path.Combine(folder, name)).Where(path => new DirectoryInfo(path).LinkTarget is not null))
        {
            Directory.Delete(link);
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
