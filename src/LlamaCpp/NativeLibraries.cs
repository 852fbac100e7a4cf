using System.Reflection;
using System.Runtime.InteropServices;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp.Native;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp;

/// <summary>
/// Finds and loads the native llama.cpp libraries, once per process. Every type of this assembly that needs them calls
/// <see cref="EnsureLoaded"/> itself.
/// </summary>
public static unsafe partial class NativeLibraries
{
    /// <summary>The environment variable that names the folder of the natives and wins over every other place.</summary>
    public const string FolderVariable = "EDGEBUILD_NATIVES";

    private static readonly Lock _lock = new();
    private static Dictionary<string, nint> _libraries = [];
    private static volatile string? _folder;
    private static EdgeModelException? _failure;

    /// <summary>Gets or sets the lowest level that <see cref="Log"/> receives; warnings and errors by default.</summary>
    public static LlamaLogLevel MinimumLogLevel { get; set; } = LlamaLogLevel.Warning;

    /// <summary>Gets or sets the receiver of log lines; standard error by default. It may be called on any thread.</summary>
    public static Action<LlamaLogLevel, string> Log { get; set; } = static (level, line) => Console.Error.WriteLine(line);

    /// <summary>Gets the folder that the natives were loaded from, or null before <see cref="EnsureLoaded"/>.</summary>
    public static string? Folder => _folder;

    /// <summary>Gets the platform name of the natives for this process, for example <c>linux-x64</c>.</summary>
    public static string Platform
    {
        get
        {
            string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : OperatingSystem.IsLinux() ? "linux" : "unknown";
            string libc = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "-musl" : string.Empty;
            string architecture = RuntimeInformation.ProcessArchitecture switch
            {
                Architecture.X64 => "x64",
                Architecture.Arm64 => "arm64",
                Architecture.X86 => "x86",
                Architecture other => other.ToString(),
            };
            return system + libc + "-" + architecture;
        }
    }

    /// <summary>Loads the natives when that has not happened yet, and checks that they are the release whose structs this assembly knows.</summary>
    /// <exception cref="EdgeModelException">EDGE4005: they are missing, damaged, of another release, or there are none for this platform.</exception>
    public static void EnsureLoaded()
    {
        if (_folder is not null)
        {
            return;
        }

        lock (_lock)
        {
            if (_folder is not null)
            {
                return;
            }

            if (_failure is not null)
            {
                // A half-loaded library cannot be loaded again safely; say the same thing each time.
                throw new EdgeModelException(_failure.Code, _failure.Message, _failure.Path, innerException: _failure);
            }

            try
            {
                string folder = FindFolder(
                    Platform,
                    Environment.GetEnvironmentVariable(FolderVariable),
                    AppContext.BaseDirectory,
                    Environment.GetEnvironmentVariable("EDGEBUILD_CACHE"));
                Load(folder);
                _folder = folder;
            }
            catch (EdgeModelException exception)
            {
                _failure = exception;
                throw;
            }
        }
    }

    /// <summary>The folder of the natives; the explicit one alone when it is given.</summary>
    internal static string FindFolder(string platform, string? explicitFolder, string baseDirectory, string? cache)
    {
        if (platform is not ("linux-x64" or "linux-arm64" or "win-x64" or "win-arm64" or "osx-x64" or "osx-arm64"))
        {
            throw Missing(
                $"There is no prebuilt llama.cpp for '{platform}'. Use linux-x64 or linux-arm64 with glibc (for containers a Debian or Ubuntu image " +
                "and not Alpine), win-x64, win-arm64, osx-x64 or osx-arm64.");
        }

        cache = string.IsNullOrEmpty(cache) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".edgebuild") : cache;
        string[] candidates = string.IsNullOrEmpty(explicitFolder)
            ? [Path.Combine(baseDirectory, "runtimes", platform, "native"), baseDirectory, Path.Combine(cache, "natives", LlamaCppRelease.CacheFolder, platform)]
            : [explicitFolder];
        foreach (string candidate in candidates)
        {
            if (FileNames("llama").Any(name => File.Exists(Path.Combine(candidate, name))))
            {
                return Path.GetFullPath(candidate);
            }
        }

        throw Missing(
            $"The native llama.cpp v{LlamaCppRelease.Version} for {platform} was not found in {string.Join(", ", candidates.Select(folder => $"'{folder}'"))}. " +
            $"Build or publish the app for {platform} with the EdgeBuild package, or set {FolderVariable} to the folder that holds it.");
    }

    /// <summary>Loads the libraries of a folder. A failure before the last of the three leaves nothing behind but loaded files.</summary>
    internal static void Load(string folder)
    {
        // Dependencies first and by absolute path: no search path of the system may put another build in between.
        var libraries = new Dictionary<string, nint>(StringComparer.Ordinal);
        foreach (string library in new[] { "ggml-base", "ggml", "llama" })
        {
            string path = FileNames(library).Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
                ?? throw Missing($"The native library '{library}' is missing beside the others in '{folder}'. Build the app again from a clean output folder.");
            try
            {
                libraries[library] = NativeLibrary.Load(path);
            }
            catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
            {
                throw Missing(
                    $"The native library '{path}' cannot be loaded: {exception.Message} Delete the folder '{folder}' and build again; " +
                    "on Linux glibc 2.34 and the libstdc++ of GCC 12, or newer, are needed.",
                    exception);
            }
        }

        _libraries = libraries;
        Start(folder);
    }

    /// <summary>The names that a library may have: with the release or without, and with the GPU flavour of macOS.</summary>
    private static IEnumerable<string> FileNames(string library)
    {
        string prefix = OperatingSystem.IsWindows() ? string.Empty : "lib";
        string extension = OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() ? ".dylib" : ".so";
        if (library == "ggml-base")
        {
            return [prefix + library + extension];
        }

        return [$"{prefix}{library}.v{LlamaCppRelease.Version}{extension}", $"{prefix}{library}.metal.v{LlamaCppRelease.Version}{extension}"];
    }

    private static void Start(string folder)
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
        try
        {
            // Without both ggml attaches a debugger to the app before it aborts (ggml/src/ggml.c). The environment of .NET is not the process's.
            if (!OperatingSystem.IsWindows())
            {
                _ = setenv("GGML_NO_BACKTRACE", "1", 1);
            }

            GgmlNative.ggml_set_abort_callback(&NativeLog.OnAbort);
            LlamaNative.llama_log_set(&NativeLog.OnLog, 0);
            AbiCheck.Run(folder);
            if (!CpuBackend.Load(folder))
            {
                throw Missing($"No CPU back end (ggml-cpu) in '{folder}' fits this machine's processor. Delete the folder and build again.");
            }
        }
        catch (EntryPointNotFoundException exception)
        {
            throw Missing($"The native libraries in '{folder}' are not llama.cpp v{LlamaCppRelease.Version}: {exception.Message} Delete that folder and build again.", exception);
        }

        LlamaNative.llama_backend_init();
    }

    /// <summary>Finds a loaded library, for the functions that an assembly imports.</summary>
    internal static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => _libraries.GetValueOrDefault(name);

    private static EdgeModelException Missing(string message, Exception? inner = null) =>
        new(ErrorCodes.NativeLibraryMissing, message, innerException: inner);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
