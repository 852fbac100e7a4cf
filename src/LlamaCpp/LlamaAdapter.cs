using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp.Native;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp;

/// <summary>A LoRA adapter, loaded for one model. Contexts that use it keep the native adapter alive.</summary>
public sealed unsafe class LlamaAdapter : IDisposable
{
    private LlamaAdapter(LlamaAdapterHandle handle, LlamaModel model, string path)
    {
        Handle = handle;
        Model = model;
        Path = path;
    }

    /// <summary>Gets the model that it belongs to.</summary>
    public LlamaModel Model { get; }

    /// <summary>Gets the file that it was loaded from.</summary>
    public string Path { get; }

    internal LlamaAdapterHandle Handle { get; }

    /// <summary>Loads an adapter.</summary>
    /// <param name="model">The base that it was trained on.</param>
    /// <param name="path">The GGUF file.</param>
    /// <param name="validate">Whether <see cref="GgufValidator"/> looks at the file first; false only for files whose SHA-256 was compared.</param>
    /// <returns>The adapter.</returns>
    /// <exception cref="EdgeModelException">EDGE4001: the file is damaged. EDGE3002: it is no adapter of this base.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static LlamaAdapter Load(LlamaModel model, string path, bool validate = true)
    {
        if (validate)
        {
            GgufValidator.Validate(path);
        }

        NativeLog.ClearFirstError();
        nint adapter = LlamaNative.llama_adapter_lora_init(model.Handle, path);
        return adapter == 0
            ? throw new EdgeModelException(
                ErrorCodes.AdapterMismatch,
                $"The adapter does not fit the base model '{System.IO.Path.GetFileName(model.Path)}'.{NativeLog.FirstError()} Use the base that it was trained on.",
                path)
            : new LlamaAdapter(new LlamaAdapterHandle(adapter, model.Handle), model, path);
    }

    /// <summary>Reads a metadata value as text.</summary>
    /// <param name="key">The key, for example <c>adapter.lora.alpha</c>.</param>
    /// <returns>The value, or null when there is none or it is an array.</returns>
    public string? GetMetadata(string key)
    {
        fixed (byte* keyPointer = Utf8Text.Terminated(key))
        {
            int length = LlamaNative.llama_adapter_meta_val_str(Handle, keyPointer, null, 0);
            if (length < 0)
            {
                return null;
            }

            byte[] buffer = new byte[length + 1];
            fixed (byte* bufferPointer = buffer)
            {
                _ = LlamaNative.llama_adapter_meta_val_str(Handle, keyPointer, bufferPointer, (nuint)buffer.Length);
                return Utf8Text.Read(bufferPointer);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();
}
