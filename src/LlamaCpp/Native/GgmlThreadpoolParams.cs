using System.Runtime.InteropServices;

namespace EdgeBuild.LlamaCpp.Native;

/// <summary><c>ggml_threadpool_params</c> of ggml.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GgmlThreadpoolParams
{
    public fixed byte CpuMask[512];
    public int ThreadCount;
    public int Priority;
    public uint Poll;
    public byte StrictCpu;
    public byte Paused;
}
