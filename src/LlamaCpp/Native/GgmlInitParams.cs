using System.Runtime.InteropServices;

namespace EdgeBuild.LlamaCpp.Native;

/// <summary><c>ggml_init_params</c> of ggml.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GgmlInitParams
{
    public nuint MemorySize;
    public nint MemoryBuffer;
    public byte NoAlloc;
}
