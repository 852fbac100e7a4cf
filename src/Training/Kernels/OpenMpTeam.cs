using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace EdgeBuild.Training;

/// <summary>
/// Runs kernels on the threads that libtorch's matrix products run on, where libtorch comes with GNU's OpenMP (Linux). Those threads wait for work
/// by spinning for a while: kernels on threads of their own would share the cores with them, and start later.
/// </summary>
internal static unsafe class OpenMpTeam
{
    // void GOMP_parallel(void (*fn)(void *), void *data, unsigned num_threads, unsigned flags), gcc's libgomp/parallel.c.
    private static readonly Lazy<nint> _parallel = new(Find);

    /// <summary>Gets a value indicating whether there is such a team; libtorch must be loaded.</summary>
    public static bool IsAvailable => _parallel.Value != 0;

    /// <summary>Runs work on all threads of the team and returns when all have ended.</summary>
    /// <param name="threads">Their number, this one included.</param>
    /// <param name="work">What each of them does.</param>
    public static void Run(int threads, Action work)
    {
        var call = new Call(work);
        GCHandle handle = GCHandle.Alloc(call);
        try
        {
            var parallel = (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<nint, void>, nint, uint, uint, void>)_parallel.Value;
            parallel(&Enter, GCHandle.ToIntPtr(handle), (uint)threads, 0);
        }
        finally
        {
            handle.Free();
        }

        call.Failure?.Throw();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Enter(nint data)
    {
        var call = (Call)GCHandle.FromIntPtr(data).Target!;
        try
        {
            call.Work();
        }
#pragma warning disable CA1031 // An exception must not unwind native frames; the caller gets it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            call.Failure = ExceptionDispatchInfo.Capture(exception);
        }
    }

    private static nint Find()
    {
        if (!OperatingSystem.IsLinux() || LibTorch.Payload is not { } payload)
        {
            return 0;
        }

        // Its name has a hash in it; loading a library that is loaded gives the same one.
        string? path = Directory.EnumerateFiles(payload.Directory, "libgomp*.so*").Order(StringComparer.Ordinal).FirstOrDefault();
        return path is not null && NativeLibrary.TryLoad(path, out nint library) && NativeLibrary.TryGetExport(library, "GOMP_parallel", out nint function) ? function : 0;
    }

    private sealed class Call(Action work)
    {
        public Action Work { get; } = work;

        public ExceptionDispatchInfo? Failure { get; set; }
    }
}
