namespace EdgeBuild.LlamaCpp;

/// <summary>The one release of llama.cpp that this assembly binds. A change here needs new struct layouts, natives and fixtures.</summary>
public static class LlamaCppRelease
{
    /// <summary>The release, as in the names of the native files (<c>libllama.v0.4.0.so</c>).</summary>
    public const string Version = "0.4.0";

    /// <summary>The folder of the natives below the cache: <c>natives/llama.cpp-v0.4.0</c>.</summary>
    public const string CacheFolder = "llama.cpp-v" + Version;
}
