using EdgeBuild.LlamaCpp.Native;

namespace EdgeBuild.LlamaCpp;

/// <summary>
/// Threads that stay alive between decodes. Without one ggml makes and ends threads for every graph; the polling level 0 lets idle threads
/// sleep, so that a busy machine does not slow down by spinning.
/// </summary>
public sealed unsafe class LlamaThreadPool : IDisposable
{
    /// <summary>Initializes a new instance of the <see cref="LlamaThreadPool"/> class.</summary>
    /// <param name="threadCount">The number of threads, the calling one included; never more than there are processors.</param>
    /// <param name="poll">0 for sleeping to 100 for spinning while waiting.</param>
    public LlamaThreadPool(int threadCount, int poll = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threadCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threadCount, 512);
        ArgumentOutOfRangeException.ThrowIfNegative(poll);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(poll, 100);
        NativeLibraries.EnsureLoaded();
        nint registry = GgmlNative.ggml_backend_reg_by_name("CPU");
        var create = (delegate* unmanaged[Cdecl]<GgmlThreadpoolParams*, nint>)GgmlNative.ggml_backend_reg_get_proc_address(registry, "ggml_threadpool_new");
        var free = (delegate* unmanaged[Cdecl]<nint, void>)GgmlNative.ggml_backend_reg_get_proc_address(registry, "ggml_threadpool_free");
        if (create == null || free == null)
        {
            throw new InvalidOperationException("The CPU back end of llama.cpp has no thread pools.");
        }

        GgmlThreadpoolParams parameters;
        GgmlNative.ggml_threadpool_params_init(&parameters, threadCount);
        parameters.Poll = (uint)poll;
        ThreadCount = threadCount;
        Handle = new LlamaThreadPoolHandle(create(&parameters), free);
    }

    /// <summary>Gets the number of threads.</summary>
    public int ThreadCount { get; }

    internal LlamaThreadPoolHandle Handle { get; }

    /// <summary>Ends the threads, when no context uses them any more.</summary>
    public void Dispose() => Handle.Dispose();
}
