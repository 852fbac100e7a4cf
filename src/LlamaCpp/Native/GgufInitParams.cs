using System.Runtime.InteropServices;

namespace EdgeBuild.LlamaCpp.Native;

/// <summary><c>gguf_init_params</c> of gguf.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GgufInitParams
{
    public byte NoAlloc;
    public nint Context;
}
