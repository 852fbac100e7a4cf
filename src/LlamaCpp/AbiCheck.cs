using System.Runtime.CompilerServices;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp.Native;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp;

/// <summary>
/// No function of llama.cpp returns the size of its structs, and 0.x releases put fields in the middle of them. So the known default values
/// must stand at the known offsets: <c>llama_*_default_params</c> of src/llama-model.cpp, src/llama-context.cpp, src/llama-quant.cpp and
/// <c>ggml_threadpool_params_init</c> of ggml/src/ggml.c, release v0.4.0.
/// </summary>
internal static unsafe class AbiCheck
{
    private const byte Sentinel = 0xA5;
    private const int Slack = 128;

    public static void Run(string folder)
    {
        string version = Utf8Text.Read(LlamaNative.llama_version());
        string? mismatch = Mismatch();
        if (mismatch is not null || (version.Length > 0 && !version.StartsWith(LlamaCppRelease.Version, StringComparison.Ordinal)))
        {
            throw new EdgeModelException(
                ErrorCodes.NativeLibraryMissing,
                $"The native libraries in '{folder}' report llama.cpp {version}; this EdgeBuild needs {LlamaCppRelease.Version}" +
                (mismatch is null ? "." : $" ({mismatch}).") + " Delete that folder, or the variable that names it, and build again.");
        }
    }

    /// <summary>The first difference between the structs of the loaded library and ours, or null.</summary>
    public static string? Mismatch()
    {
        if (sizeof(LlamaModelParams) != 80 || sizeof(LlamaContextParams) != 160 || sizeof(LlamaBatchStruct) != 56
            || sizeof(LlamaModelQuantizeParams) != 64 || sizeof(GgmlThreadpoolParams) != 528)
        {
            return "struct sizes on this platform";
        }

        LlamaModelParams model = LlamaNative.llama_model_default_params();
        if (model.GpuLayerCount != -1 || model.SplitMode != 1 || model.LoadMode != -1 || model.LazyMode != 1 || model.MainGpu != 0
            || model.VocabularyOnly != 0 || model.CheckTensors != 0 || model.UseExtraBufferTypes != 1 || model.NoHost != 0 || model.LoadMtp != 0)
        {
            return "llama_model_params";
        }

        LlamaContextParams context = LlamaNative.llama_context_default_params();
        if (context.ContextLength != 512 || context.BatchSize != 2048 || context.MicroBatchSize != 512 || context.MaxSequences != 1
            || context.MaxOutputs != 0 || context.MaxOutputsPerSequence != 1 || context.ThreadCount != 4 || context.BatchThreadCount != 4
            || context.RopeScalingType != -1 || context.FlashAttentionType != -1 || context.YarnExtrapolationFactor != -1
            || context.KeyType != (int)GgmlType.F16 || context.ValueType != (int)GgmlType.F16 || context.OffloadKeyValues != 1
            || context.NoPerformanceTimings != 1 || context.FullSlidingWindow != 1 || context.UnifiedKeyValues != 0 || context.OtherContext != 0)
        {
            return "llama_context_params";
        }

        LlamaModelQuantizeParams quantize = LlamaNative.llama_model_quantize_default_params();
        if (quantize.FileType != 7 || quantize.OutputTensorType != quantize.TokenEmbeddingType || quantize.OutputTensorType != GgmlTypes.Count
            || quantize.QuantizeOutputTensor != 1 || quantize.AllowRequantize != 0 || quantize.MaxBufferSize == 0)
        {
            return "llama_model_quantize_params";
        }

        return ThreadpoolMismatch() ?? TypeMismatch() ?? TensorMismatch();
    }

    /// <summary>The block of a type in the loaded library; zeros for the gaps in the numbering.</summary>
    public static (long BlockSize, long ByteCount) Layout(int type)
    {
        NativeLibraries.EnsureLoaded();
        GgmlTypeTraits* traits = GgmlNative.ggml_get_type_traits(type);
        return (traits->BlockSize, (long)traits->TypeSize);
    }

    /// <summary>The name of a type in the loaded library.</summary>
    public static string TypeName(int type)
    {
        NativeLibraries.EnsureLoaded();
        return Utf8Text.Read(GgmlNative.ggml_get_type_traits(type)->TypeName);
    }

    private static string? ThreadpoolMismatch()
    {
        byte* buffer = stackalloc byte[sizeof(GgmlThreadpoolParams) + Slack];
        Unsafe.InitBlock(buffer, Sentinel, (uint)(sizeof(GgmlThreadpoolParams) + Slack));
        var parameters = (GgmlThreadpoolParams*)buffer;
        GgmlNative.ggml_threadpool_params_init(parameters, 3);
        bool overrun = new Span<byte>(buffer + sizeof(GgmlThreadpoolParams), Slack).ContainsAnyExcept(Sentinel);
        bool equal = parameters->ThreadCount == 3 && parameters->Poll == 50 && parameters->StrictCpu == 0 && parameters->Paused == 0;
        return overrun || !equal ? "ggml_threadpool_params" : null;
    }

    private static string? TensorMismatch()
    {
        nint context = GgmlNative.ggml_init(new GgmlInitParams { MemorySize = GgmlNative.ggml_tensor_overhead() * 2, NoAlloc = 1 });
        long* shape = stackalloc long[] { 5, 3 };
        var tensor = (GgmlTensorStruct*)GgmlNative.ggml_new_tensor(context, (int)GgmlType.F16, 2, shape);
        GgmlNative.ggml_set_name((nint)tensor, "x");

        // The name stands behind all other fields that are used; the operation of a plain tensor is 0.
        bool equal = tensor->Type == (int)GgmlType.F16 && tensor->Shape[0] == 5 && tensor->Shape[1] == 3 && tensor->Strides[1] == 10 && tensor->Operation == 0
            && tensor->Source0 == 0 && tensor->Name == GgmlNative.ggml_get_name((nint)tensor) && Utf8Text.Read(tensor->Name) == "x";
        GgmlNative.ggml_free(context);
        return equal ? null : "ggml_tensor";
    }

    private static string? TypeMismatch()
    {
        GgmlTypeTraits* traits = GgmlNative.ggml_get_type_traits((int)GgmlType.Q4_K);
        return Utf8Text.Read(traits->TypeName) == "q4_K" && traits->BlockSize == 256 && traits->TypeSize == 144 && traits->ToFloat != null
            ? null
            : "ggml_type_traits";
    }
}
