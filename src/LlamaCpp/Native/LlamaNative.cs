using System.Runtime.InteropServices;

namespace EdgeBuild.LlamaCpp.Native;

/// <summary>The functions of llama.h that EdgeBuild uses. Callers go through <see cref="NativeLibraries.EnsureLoaded"/> first.</summary>
internal static unsafe partial class LlamaNative
{
    private const string Library = "llama";

    [LibraryImport(Library)]
    public static partial byte* llama_version();

    [LibraryImport(Library)]
    public static partial void llama_log_set(delegate* unmanaged[Cdecl]<int, byte*, nint, void> callback, nint userData);

    [LibraryImport(Library)]
    public static partial void llama_backend_init();

    [LibraryImport(Library)]
    public static partial LlamaModelParams llama_model_default_params();

    [LibraryImport(Library)]
    public static partial LlamaContextParams llama_context_default_params();

    [LibraryImport(Library)]
    public static partial LlamaModelQuantizeParams llama_model_quantize_default_params();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint llama_model_load_from_file(string path, LlamaModelParams parameters);

    [LibraryImport(Library)]
    public static partial void llama_model_free(nint model);

    [LibraryImport(Library)]
    public static partial nint llama_model_get_vocab(LlamaModelHandle model);

    [LibraryImport(Library)]
    public static partial int llama_model_n_ctx_train(LlamaModelHandle model);

    [LibraryImport(Library)]
    public static partial int llama_model_n_embd(LlamaModelHandle model);

    [LibraryImport(Library)]
    public static partial int llama_model_n_layer(LlamaModelHandle model);

    [LibraryImport(Library)]
    public static partial ulong llama_model_n_params(LlamaModelHandle model);

    [LibraryImport(Library)]
    public static partial ulong llama_model_size(LlamaModelHandle model);

    [LibraryImport(Library)]
    public static partial int llama_model_desc(LlamaModelHandle model, byte* buffer, nuint length);

    [LibraryImport(Library)]
    public static partial int llama_model_meta_val_str(LlamaModelHandle model, byte* key, byte* buffer, nuint length);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool llama_model_is_recurrent(LlamaModelHandle model);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool llama_model_is_hybrid(LlamaModelHandle model);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool llama_model_has_encoder(LlamaModelHandle model);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint llama_model_quantize(string input, string output, LlamaModelQuantizeParams* parameters);

    [LibraryImport(Library)]
    public static partial nint llama_init_from_model(LlamaModelHandle model, LlamaContextParams parameters);

    [LibraryImport(Library)]
    public static partial void llama_free(nint context);

    [LibraryImport(Library)]
    public static partial uint llama_n_ctx(LlamaContextHandle context);

    [LibraryImport(Library)]
    public static partial uint llama_n_ctx_seq(LlamaContextHandle context);

    [LibraryImport(Library)]
    public static partial uint llama_n_batch(LlamaContextHandle context);

    [LibraryImport(Library)]
    public static partial uint llama_n_seq_max(LlamaContextHandle context);

    [LibraryImport(Library)]
    public static partial nint llama_get_memory(LlamaContextHandle context);

    [LibraryImport(Library)]
    public static partial int llama_decode(LlamaContextHandle context, LlamaBatchStruct batch);

    [LibraryImport(Library)]
    public static partial float* llama_get_logits_ith(LlamaContextHandle context, int index);

    [LibraryImport(Library)]
    public static partial void llama_synchronize(LlamaContextHandle context);

    [LibraryImport(Library)]
    public static partial void llama_set_n_threads(LlamaContextHandle context, int threads, int batchThreads);

    [LibraryImport(Library)]
    public static partial void llama_attach_threadpool(LlamaContextHandle context, nint threadpool, nint batchThreadpool);

    [LibraryImport(Library)]
    public static partial void llama_detach_threadpool(LlamaContextHandle context);

    [LibraryImport(Library)]
    public static partial void llama_memory_clear(nint memory, [MarshalAs(UnmanagedType.U1)] bool data);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool llama_memory_seq_rm(nint memory, int sequence, int from, int to);

    [LibraryImport(Library)]
    public static partial void llama_memory_seq_cp(nint memory, int source, int destination, int from, int to);

    [LibraryImport(Library)]
    public static partial int llama_memory_seq_pos_min(nint memory, int sequence);

    [LibraryImport(Library)]
    public static partial int llama_memory_seq_pos_max(nint memory, int sequence);

    [LibraryImport(Library)]
    public static partial nuint llama_state_seq_get_size(LlamaContextHandle context, int sequence);

    [LibraryImport(Library)]
    public static partial nuint llama_state_seq_get_data(LlamaContextHandle context, byte* destination, nuint size, int sequence);

    [LibraryImport(Library)]
    public static partial nuint llama_state_seq_set_data(LlamaContextHandle context, byte* source, nuint size, int sequence);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint llama_adapter_lora_init(LlamaModelHandle model, string path);

    [LibraryImport(Library)]
    public static partial void llama_adapter_lora_free(nint adapter);

    [LibraryImport(Library)]
    public static partial int llama_adapter_meta_val_str(LlamaAdapterHandle adapter, byte* key, byte* buffer, nuint length);

    [LibraryImport(Library)]
    public static partial int llama_set_adapters_lora(LlamaContextHandle context, nint* adapters, nuint count, float* scales);

    [LibraryImport(Library)]
    public static partial int llama_vocab_n_tokens(nint vocabulary);

    [LibraryImport(Library)]
    public static partial int llama_vocab_type(nint vocabulary);

    [LibraryImport(Library)]
    public static partial int llama_vocab_get_attr(nint vocabulary, int token);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool llama_vocab_is_eog(nint vocabulary, int token);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool llama_vocab_is_control(nint vocabulary, int token);

    [LibraryImport(Library)]
    public static partial int llama_vocab_bos(nint vocabulary);

    [LibraryImport(Library)]
    public static partial int llama_vocab_eos(nint vocabulary);

    [LibraryImport(Library)]
    public static partial int llama_vocab_eot(nint vocabulary);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool llama_vocab_get_add_bos(nint vocabulary);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool llama_vocab_get_add_eos(nint vocabulary);

    [LibraryImport(Library)]
    public static partial int llama_tokenize(
        nint vocabulary,
        byte* text,
        int textLength,
        int* tokens,
        int capacity,
        [MarshalAs(UnmanagedType.U1)] bool addSpecial,
        [MarshalAs(UnmanagedType.U1)] bool parseSpecial);

    [LibraryImport(Library)]
    public static partial int llama_token_to_piece(
        nint vocabulary, int token, byte* buffer, int length, int leftStrip, [MarshalAs(UnmanagedType.U1)] bool special);
}
