using System.Runtime.InteropServices;
using EdgeBuild.LlamaCpp.Native;

namespace EdgeBuild.LlamaCpp;

/// <summary>
/// The back ends for graphics processors. Each comes in a package of its own that an app may add; those that lie beside llama.cpp are loaded when
/// a model asks for a device first, once per process. A machine without driver or device is no error: the processor computes.
/// </summary>
public static class GpuBackends
{
    // Of two devices that are the same card llama.cpp takes the first.
    private static readonly string[] _names = ["cuda", "metal", "vulkan"];
    private static readonly Lock _lock = new();
    private static IReadOnlyList<GpuBackend>? _loaded;

    /// <summary>Loads what lies beside llama.cpp, when that has not happened yet.</summary>
    /// <returns>One entry for each library; empty when there is none.</returns>
    /// <exception cref="EdgeBuild.Runtime.EdgeModelException">EDGE4005: llama.cpp itself is missing.</exception>
    public static IReadOnlyList<GpuBackend> Load()
    {
        NativeLibraries.EnsureLoaded();
        lock (_lock)
        {
            return _loaded ??= Load(NativeLibraries.Folder!);
        }
    }

    /// <summary>Loads what lies in a folder.</summary>
    internal static IReadOnlyList<GpuBackend> Load(string folder) =>
        [.. _names.Select(name => Path.Combine(folder, FileName(name))).Where(File.Exists).Select(LoadLibrary)];

    /// <summary>The name of a back end's file; macOS has .so for what is loaded at run time only.</summary>
    internal static string FileName(string name) => OperatingSystem.IsWindows() ? $"ggml-{name}.dll" : $"libggml-{name}.so";

    private static GpuBackend LoadLibrary(string path)
    {
        string name = Path.GetFileName(path);
        nint library;
        try
        {
            library = NativeLibrary.Load(path);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            return new GpuBackend(name, [], LastLine(exception.Message));
        }

        // What drivers say while they are looked for is of use in the problem only.
        using (NativeLog.Record())
        {
            NativeLog.ClearFirstError();
            nint backend = BackendLibrary.Register(library);
            List<string> devices = backend == 0 ? [] : DevicesOf(backend);
            return new GpuBackend(name, devices, backend == 0 ? "Its driver does not start." + NativeLog.FirstError() : devices.Count == 0 ? "It finds no device." : null);
        }
    }

    private static unsafe List<string> DevicesOf(nint backend)
    {
        List<string> devices = [];
        for (nuint index = 0; index < GgmlNative.ggml_backend_reg_dev_count(backend); index++)
        {
            nint device = GgmlNative.ggml_backend_reg_dev_get(backend, index);
            if (GgmlNative.ggml_backend_dev_type(device) is GgmlNative.GpuDevice or GgmlNative.IntegratedGpuDevice)
            {
                devices.Add(Utf8Text.Read(GgmlNative.ggml_backend_dev_description(device)));
            }
        }

        return devices;
    }

    // What the loader of glibc says stands behind hints for its debugging.
    private static string LastLine(string message) => message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
}
