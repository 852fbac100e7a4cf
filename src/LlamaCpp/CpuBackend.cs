using System.Runtime.InteropServices;

namespace EdgeBuild.LlamaCpp;

/// <summary>ggml's back end for processors: a library for each generation of them, of which the best is taken that this one can run.</summary>
internal static unsafe class CpuBackend
{
    /// <summary>Loads the best library of a folder.</summary>
    /// <param name="folder">The folder of the natives.</param>
    /// <returns>False when none fits this machine.</returns>
    public static bool Load(string folder)
    {
        nint best = 0;
        int bestScore = -1;
        foreach (string path in Directory.EnumerateFiles(folder, OperatingSystem.IsWindows() ? "ggml-cpu*.dll" : "libggml-cpu*.so"))
        {
            if (!NativeLibrary.TryLoad(path, out nint library))
            {
                continue;
            }

            int score = Score(library);
            nint loser = score > bestScore ? best : library;
            (best, bestScore) = score > bestScore ? (library, score) : (best, bestScore);
            if (loser != 0)
            {
                NativeLibrary.Free(loser);
            }
        }

        return best != 0 && BackendLibrary.Register(best) != 0;
    }

    /// <summary>How well a library fits, as it says itself; -1 when it cannot run here, 0 for the only one of a platform.</summary>
    private static int Score(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "ggml_backend_score", out nint function))
        {
            return 0;
        }

        int score = ((delegate* unmanaged[Cdecl]<int>)function)();
        return score > 0 ? score : -1;
    }
}
