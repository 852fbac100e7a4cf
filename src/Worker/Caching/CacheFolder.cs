namespace EdgeBuild.Worker.Caching;

/// <summary>Where the cache lies when no project says so; the targets choose the same.</summary>
internal static class CacheFolder
{
    /// <summary>Gets the folder of a command line.</summary>
    /// <param name="given">What the user has given; null for the default.</param>
    /// <returns>An absolute path.</returns>
    public static string Resolve(string? given)
    {
        string folder = given is { Length: > 0 } ? given
            : Environment.GetEnvironmentVariable("EDGEBUILD_CACHE") is { Length: > 0 } variable ? variable
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".edgebuild");
        return Path.GetFullPath(folder);
    }
}
