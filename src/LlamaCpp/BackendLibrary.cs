using System.Runtime.InteropServices;
using EdgeBuild.LlamaCpp.Native;

namespace EdgeBuild.LlamaCpp;

/// <summary>
/// Makes a loaded library a back end of ggml. ggml's own loaders take paths in the code page of Windows, and its search
/// (<c>ggml_backend_load_all_from_path</c>) loads every GPU back end of a folder, also for who wants none.
/// </summary>
internal static unsafe class BackendLibrary
{
    /// <summary><c>GGML_BACKEND_API_VERSION</c> of ggml/src/ggml-backend-impl.h.</summary>
    private const int ApiVersion = 2;

    /// <summary>Starts a back end and adds it to those of ggml.</summary>
    /// <param name="library">The handle of the library.</param>
    /// <returns>The back end; 0 when it does not start, or belongs to another release.</returns>
    public static nint Register(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "ggml_backend_init", out nint start))
        {
            return 0;
        }

        int* backend = ((delegate* unmanaged[Cdecl]<int*>)start)();
        if (backend == null || *backend != ApiVersion)
        {
            return 0;
        }

        GgmlNative.ggml_backend_register((nint)backend);
        return (nint)backend;
    }
}
