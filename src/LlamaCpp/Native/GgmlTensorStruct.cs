using System.Runtime.InteropServices;

namespace EdgeBuild.LlamaCpp.Native;

/// <summary>
/// The head of <c>ggml_tensor</c> of ggml.h, up to its name: what the evaluation callback must know of a node and has no function for.
/// <see cref="AbiCheck"/> compares it with a tensor of the loaded library.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GgmlTensorStruct
{
    public const int MaxName = 64;

    public int Type;
    public nint Buffer;
    public fixed long Shape[4];
    public fixed ulong Strides[4];
    public int Operation;
    public fixed int Parameters[16];
    public int Flags;
    public nint Source0;
    public nint Source1;
    public fixed long OtherSources[8];
    public nint ViewSource;
    public nuint ViewOffset;
    public nint Data;
    public fixed byte Name[MaxName];
}
