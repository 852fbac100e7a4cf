using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;
using TorchSharp;

namespace EdgeBuild.Training;

/// <summary>Loads libtorch and its .NET binding from where they were restored to. They never lie in an output folder.</summary>
public static class LibTorch
{
    /// <summary>The version of TorchSharp that this assembly is built and measured with.</summary>
    public const string BindingVersion = "0.107.0";

    /// <summary>The version of libtorch that belongs to <see cref="BindingVersion"/>.</summary>
    public const string Version = "2.10.0";

    private static readonly Lock _gate = new();
    private static readonly Dictionary<string, nint> _handles = new(StringComparer.Ordinal);
    private static LibTorchPayload? _payload;

    /// <summary>Gets the runtime identifiers that TorchSharp has natives for.</summary>
    public static IReadOnlyList<string> SupportedRuntimeIdentifiers { get; } = ["linux-x64", "win-x64", "osx-arm64"];

    /// <summary>Gets the files in use, or null before <see cref="Load"/>.</summary>
    public static LibTorchPayload? Payload => _payload;

    /// <summary>Loads libtorch once. Later calls do nothing.</summary>
    /// <exception cref="EdgeBuildException">EDGE4006: it is not there, or this host cannot load it.</exception>
    public static void Load()
    {
        lock (_gate)
        {
            if (_payload is not null)
            {
                return;
            }

            LibTorchPayload payload = LibTorchPayload.Find() ?? throw NotFound();
            foreach (string name in payload.LibraryNames)
            {
                LoadLibrary(name, Path.Combine(payload.Directory, LibTorchPayload.FileName(name)));
            }

            LoadBinding(payload);
            Assembly binding = typeof(torch).Assembly;
            AssemblyLoadContext context = AssemblyLoadContext.GetLoadContext(binding) ?? AssemblyLoadContext.Default;
            context.ResolvingUnmanagedDll += (assembly, name) => assembly == binding ? Resolve(name) : 0;
            NativeLibrary.SetDllImportResolver(binding, static (name, _, _) => Resolve(name));
            torch.InitializeDeviceType(DeviceType.CPU);
            torch.set_num_threads(ProcessorCores.Available);
            _payload = payload;
        }
    }

    internal static EdgeBuildException NotFound()
    {
        string runtimeIdentifier = LibTorchPayload.RuntimeIdentifier;
        return SupportedRuntimeIdentifiers.Contains(runtimeIdentifier)
            ? new EdgeBuildException(
                ErrorCodes.LibTorchUnavailable,
                $"libtorch {Version} for {runtimeIdentifier} is not on this machine. A build with network access fetches it; or restore the packages " +
                $"TorchSharp {BindingVersion} and libtorch-cpu-{runtimeIdentifier} {Version} into the NuGet packages folder, or set EDGEBUILD_LIBTORCH to a folder with their native files.")
            : new EdgeBuildException(
                ErrorCodes.LibTorchUnavailable,
                $"There is no libtorch {Version} for {runtimeIdentifier}. Train on one of {string.Join(", ", SupportedRuntimeIdentifiers)} and build here with the trained files from the cache.");
    }

    private static nint Resolve(string name)
    {
        string bare = Path.GetFileNameWithoutExtension(name);
        return _handles.TryGetValue(bare, out nint handle) || (bare.StartsWith("lib", StringComparison.Ordinal) && _handles.TryGetValue(bare[3..], out handle))
            ? handle
            : 0;
    }

    private static void LoadLibrary(string name, string path)
    {
        try
        {
            _handles[name] = NativeLibrary.Load(path);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw CannotLoad(path, exception);
        }
    }

    private static void LoadBinding(LibTorchPayload payload)
    {
        try
        {
            _handles[LibTorchPayload.BindingName] = NativeLibrary.Load(payload.BindingPath);
        }
        catch (DllNotFoundException exception) when (OperatingSystem.IsLinux() && exception.Message.Contains(OlderStandardLibrary.VersionName, StringComparison.Ordinal))
        {
            LoadLibrary(LibTorchPayload.BindingName, OlderStandardLibrary.GetPatchedCopy(payload.BindingPath));
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw CannotLoad(payload.BindingPath, exception);
        }
    }

    private static EdgeBuildException CannotLoad(string path, Exception exception)
    {
        string floor = OperatingSystem.IsLinux() ? " It needs glibc 2.34 and a libstdc++ with GLIBCXX_3.4.30 (GCC 12) or newer." : string.Empty;
        string reason = exception.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? string.Empty;
        return new EdgeBuildException(ErrorCodes.LibTorchUnavailable, $"libtorch cannot be loaded on this host.{floor} {reason}", path, innerException: exception);
    }
}
