using System.Runtime.InteropServices;

namespace EdgeBuild.LlamaCpp.Native;

/// <summary>Owns a <c>llama_adapter_lora</c>; it is freed before the model that it belongs to.</summary>
internal sealed class LlamaAdapterHandle : SafeHandle
{
    private readonly LlamaModelHandle? _model;

    public LlamaAdapterHandle()
        : base(0, ownsHandle: true)
    {
    }

    public LlamaAdapterHandle(nint adapter, LlamaModelHandle model)
        : this()
    {
        bool added = false;
        model.DangerousAddRef(ref added);
        _model = model;
        SetHandle(adapter);
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LlamaNative.llama_adapter_lora_free(handle);
        _model?.DangerousRelease();
        return true;
    }
}
