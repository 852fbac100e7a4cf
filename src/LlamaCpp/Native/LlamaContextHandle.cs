using System.Runtime.InteropServices;

namespace EdgeBuild.LlamaCpp.Native;

/// <summary>Owns a <c>llama_context</c>, the memory its callbacks use, and references to everything that must outlive it.</summary>
internal sealed unsafe class LlamaContextHandle : SafeHandle
{
    private readonly LlamaModelHandle? _model;
    private readonly int* _abortFlag;
    private readonly HiddenStates? _hiddenStates;
    private readonly List<SafeHandle> _adapters = [];
    private SafeHandle? _threadPool;

    public LlamaContextHandle()
        : base(0, ownsHandle: true)
    {
    }

    public LlamaContextHandle(nint context, LlamaModelHandle model, int* abortFlag, HiddenStates? hiddenStates)
        : this()
    {
        bool added = false;
        model.DangerousAddRef(ref added);
        _model = model;
        _abortFlag = abortFlag;
        _hiddenStates = hiddenStates;
        SetHandle(context);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Makes the given adapters live at least as long as the context uses them.</summary>
    public void ReplaceAdapters(IReadOnlyList<SafeHandle> adapters)
    {
        foreach (SafeHandle adapter in adapters)
        {
            bool added = false;
            adapter.DangerousAddRef(ref added);
        }

        ReleaseAdapters();
        _adapters.AddRange(adapters);
    }

    /// <summary>Makes the given pool live at least as long as the context uses it.</summary>
    public void ReplaceThreadPool(SafeHandle? threadPool)
    {
        bool added = false;
        threadPool?.DangerousAddRef(ref added);
        _threadPool?.DangerousRelease();
        _threadPool = threadPool;
    }

    protected override bool ReleaseHandle()
    {
        LlamaNative.llama_free(handle);
        ReleaseAdapters();
        _threadPool?.DangerousRelease();
        _threadPool = null;
        NativeMemory.Free(_abortFlag);
        _hiddenStates?.Dispose();
        _model?.DangerousRelease();
        return true;
    }

    private void ReleaseAdapters()
    {
        foreach (SafeHandle adapter in _adapters)
        {
            adapter.DangerousRelease();
        }

        _adapters.Clear();
    }
}
