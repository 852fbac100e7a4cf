using System.Runtime.InteropServices;

namespace EdgeBuild.LlamaCpp.Native;

/// <summary>Owns a <c>llama_model</c>. Contexts and adapters hold a reference, so it is freed after the last of them.</summary>
internal sealed class LlamaModelHandle : SafeHandle
{
    public LlamaModelHandle()
        : base(0, ownsHandle: true)
    {
    }

    public LlamaModelHandle(nint model)
        : this() => SetHandle(model);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LlamaNative.llama_model_free(handle);
        return true;
    }
}
