using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp.Native;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp;

/// <summary>
/// A loaded model. Its members may be used from any thread. Contexts and adapters made from it keep the native model alive, so the order of
/// disposal does not matter.
/// </summary>
public sealed unsafe class LlamaModel : IDisposable
{
    private readonly Lazy<int?> _contextLimit;

    private LlamaModel(LlamaModelHandle handle, string path, bool isVocabularyOnly)
    {
        _contextLimit = new Lazy<int?>(() => LongRope.ContextLimit(this));
        Handle = handle;
        Path = path;
        IsVocabularyOnly = isVocabularyOnly;
        Vocabulary = new LlamaVocabulary(handle);
    }

    /// <summary>Gets the file that it was loaded from.</summary>
    public string Path { get; }

    /// <summary>Gets the vocabulary.</summary>
    public LlamaVocabulary Vocabulary { get; }

    /// <summary>Gets the context length that the model was trained with, in tokens.</summary>
    public int TrainedContextLength => LlamaNative.llama_model_n_ctx_train(Handle);

    /// <summary>
    /// Gets the longest context in which the model has the rotary factors that it is trained with, in tokens of all sequences together; null when they
    /// do not depend on the context. See <see cref="LongRope"/>.
    /// </summary>
    public int? ContextLimit => _contextLimit.Value;

    /// <summary>Gets the width of the embedding.</summary>
    public int EmbeddingLength => LlamaNative.llama_model_n_embd(Handle);

    /// <summary>Gets the number of blocks.</summary>
    public int LayerCount => LlamaNative.llama_model_n_layer(Handle);

    /// <summary>Gets the number of weights.</summary>
    public long ParameterCount => (long)LlamaNative.llama_model_n_params(Handle);

    /// <summary>Gets the size of all tensors in bytes.</summary>
    public long TensorByteCount => (long)LlamaNative.llama_model_size(Handle);

    /// <summary>Gets a value indicating whether the model keeps a state in place of a cache, so that parts of a sequence cannot be removed.</summary>
    public bool IsRecurrent => LlamaNative.llama_model_is_recurrent(Handle) || LlamaNative.llama_model_is_hybrid(Handle);

    /// <summary>Gets a short description of llama.cpp, for example <c>llama 1B Q4_0</c>.</summary>
    public string Description
    {
        get
        {
            byte* buffer = stackalloc byte[256];
            _ = LlamaNative.llama_model_desc(Handle, buffer, 256);
            return Utf8Text.Read(buffer);
        }
    }

    /// <summary>Gets a value indicating whether it has no weights, for tokenizing only.</summary>
    public bool IsVocabularyOnly { get; }

    internal LlamaModelHandle Handle { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="path">The GGUF file.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the loading.</param>
    /// <returns>The model.</returns>
    /// <exception cref="EdgeModelException">
    /// EDGE4001: the file is damaged. EDGE4002: its architecture is not supported. EDGE4005: the natives are missing.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static LlamaModel Load(string path, LlamaModelOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LlamaModelOptions();
        cancellationToken.ThrowIfCancellationRequested();
        if (options.Validate)
        {
            GgufValidator.Validate(path, requireSupportedArchitecture: true);
        }

        NativeLibraries.EnsureLoaded();
        var state = new LoadState(options.Progress, cancellationToken);
        var stateHandle = GCHandle.Alloc(state);
        try
        {
            LlamaModelParams parameters = LlamaNative.llama_model_default_params();
            parameters.VocabularyOnly = options.VocabularyOnly ? (byte)1 : (byte)0;
            parameters.LoadMode = (int)options.LoadMode;
            parameters.CheckTensors = options.CheckTensors ? (byte)1 : (byte)0;
            parameters.UseExtraBufferTypes = options.Repack ? (byte)1 : (byte)0;
            parameters.GpuLayerCount = options.GpuLayerCount;

            // With a device in the list llama.cpp computes large products there even of layers that are not on it.
            nint noDevice = 0;
            if (options.GpuLayerCount == 0)
            {
                parameters.Devices = (nint)(&noDevice);
            }
            else
            {
                _ = GpuBackends.Load();
            }

            parameters.ProgressCallback = &OnProgress;
            parameters.ProgressCallbackUserData = GCHandle.ToIntPtr(stateHandle);
            NativeLog.ClearFirstError();
            nint model = LlamaNative.llama_model_load_from_file(path, parameters);
            if (model != 0)
            {
                return new LlamaModel(new LlamaModelHandle(model), path, options.VocabularyOnly);
            }
        }
        finally
        {
            stateHandle.Free();
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new EdgeModelException(
            ErrorCodes.InvalidGguf,
            $"llama.cpp {LlamaCppRelease.Version} cannot load the model.{NativeLog.FirstError()} Download or export it again and compare its SHA-256.",
            path,
            innerException: state.Failure);
    }

    /// <summary>Reads a metadata value as text.</summary>
    /// <param name="key">The key, for example <c>general.architecture</c>.</param>
    /// <returns>The value, or null when there is none or it is an array.</returns>
    public string? GetMetadata(string key)
    {
        fixed (byte* keyPointer = Utf8Text.Terminated(key))
        {
            int length = LlamaNative.llama_model_meta_val_str(Handle, keyPointer, null, 0);
            if (length < 0)
            {
                return null;
            }

            byte[] buffer = new byte[length + 1];
            fixed (byte* bufferPointer = buffer)
            {
                _ = LlamaNative.llama_model_meta_val_str(Handle, keyPointer, bufferPointer, (nuint)buffer.Length);
                return Utf8Text.Read(bufferPointer);
            }
        }
    }

    /// <summary>Makes a context.</summary>
    /// <param name="options">Its sizes.</param>
    /// <returns>The context.</returns>
    /// <exception cref="EdgeModelException">EDGE2005: there is not enough memory for it.</exception>
    public LlamaContext CreateContext(LlamaContextOptions options) => new(this, options);

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte OnProgress(float share, nint userData)
    {
        var state = (LoadState)GCHandle.FromIntPtr(userData).Target!;
        try
        {
            state.Progress?.Report(share);
            return state.CancellationToken.IsCancellationRequested ? (byte)0 : (byte)1;
        }
        catch (Exception exception)
        {
            // An exception must never cross into native code; the load ends and it is handed on.
            state.Failure = exception;
            return 0;
        }
    }

    private sealed class LoadState(IProgress<float>? progress, CancellationToken cancellationToken)
    {
        public IProgress<float>? Progress { get; } = progress;

        public CancellationToken CancellationToken { get; } = cancellationToken;

        public Exception? Failure { get; set; }
    }
}
