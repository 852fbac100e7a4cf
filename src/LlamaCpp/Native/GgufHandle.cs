using System.Runtime.InteropServices;

namespace EdgeBuild.LlamaCpp.Native;

/// <summary>Owns a <c>gguf_context</c>.</summary>
internal sealed class GgufHandle : SafeHandle
{
    public GgufHandle()
        : base(0, ownsHandle: true)
    {
    }

    public GgufHandle(nint context)
        : this() => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        GgmlNative.gguf_free(handle);
        return true;
    }
}
