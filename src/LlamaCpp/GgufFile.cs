using System.IO.MemoryMappedFiles;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp.Native;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp;

/// <summary>An open GGUF file: metadata through ggml's own reader, tensor data as a read-only mapping.</summary>
public sealed unsafe class GgufFile : IDisposable
{
    private readonly GgufHandle _handle;
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Dictionary<string, GgufTensor> _tensorsByName = new(StringComparer.Ordinal);
    private readonly byte* _start;
    private readonly long _length;
    private bool _disposed;

    private GgufFile(string path, GgufHandle handle, MemoryMappedFile mapping, long length)
    {
        Path = path;
        _handle = handle;
        _mapping = mapping;
        _length = length;
        _view = mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        Keys = ReadKeys(handle);
        Tensors = ReadTensors();
    }

    /// <summary>Gets the file's path.</summary>
    public string Path { get; }

    /// <summary>Gets the metadata keys in the order of the file.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>Gets the tensors in the order of the file.</summary>
    public IReadOnlyList<GgufTensor> Tensors { get; }

    /// <summary>Gets the value of <c>general.architecture</c>, or an empty text.</summary>
    public string Architecture => GetString("general.architecture") ?? string.Empty;

    /// <summary>Gets the alignment of the data in bytes.</summary>
    public int Alignment => checked((int)GgmlNative.gguf_get_alignment(_handle));

    internal GgufHandle Handle => _handle;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="validate">
    /// Whether <see cref="GgufValidator"/> looks at it first; false only for files whose SHA-256 was compared with one that EdgeBuild wrote.
    /// </param>
    /// <returns>The open file.</returns>
    /// <exception cref="EdgeModelException">EDGE4001: it is damaged or not a GGUF file. EDGE4005: the natives are missing.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static GgufFile Open(string path, bool validate = true)
    {
        if (validate)
        {
            GgufValidator.Validate(path);
        }

        NativeLibraries.EnsureLoaded();
        long length = LengthOf(path);
        NativeLog.ClearFirstError();
        var handle = new GgufHandle(GgmlNative.gguf_init_from_file(path, new GgufInitParams { NoAlloc = 1 }));
        if (handle.IsInvalid)
        {
            throw new EdgeModelException(
                ErrorCodes.InvalidGguf,
                $"The file is not a GGUF file that llama.cpp {LlamaCppRelease.Version} reads.{NativeLog.FirstError()} Download or export it again.",
                path);
        }

        MemoryMappedFile? mapping = null;
        try
        {
            mapping = MemoryMappedFile.CreateFromFile(
                new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete),
                mapName: null,
                capacity: 0,
                MemoryMappedFileAccess.Read,
                HandleInheritability.None,
                leaveOpen: false);
            return new GgufFile(path, handle, mapping, length);
        }
        catch
        {
            mapping?.Dispose();
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The tensor, or null.</returns>
    public GgufTensor? FindTensor(string name) => _tensorsByName.GetValueOrDefault(name);

    /// <summary>Gets a tensor that must be there.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="EdgeModelException">EDGE4001: there is none.</exception>
    public GgufTensor GetTensor(string name) => FindTensor(name) ?? throw new EdgeModelException(
        ErrorCodes.InvalidGguf, $"The file has no tensor '{name}'. Use a complete model file of a supported architecture.", Path);

    /// <summary>The type of a metadata value.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The type, <see cref="GgufValueType.Array"/> for arrays, or null when there is no such key.</returns>
    public GgufValueType? GetValueType(string key) => Find(key) is { } id ? (GgufValueType)GgmlNative.gguf_get_kv_type(_handle, id) : null;

    /// <summary>The type of an array's values.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The type, or null when there is no such array.</returns>
    public GgufValueType? GetArrayType(string key) => FindArray(key) is { } id ? (GgufValueType)GgmlNative.gguf_get_arr_type(_handle, id) : null;

    /// <summary>Reads a text.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The text, or null when there is none.</returns>
    public string? GetString(string key) =>
        GetValueType(key) == GgufValueType.String ? Utf8Text.Read(GgmlNative.gguf_get_val_str(_handle, Find(key)!.Value)) : null;

    /// <summary>Reads an integer of any width.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value, or null when there is none.</returns>
    public long? GetInteger(string key) => Scalar(key) is (GgufValueType type, nint data) ? GgufValues.Integer(type, (void*)data, 0) : null;

    /// <summary>Reads a number: a float, or an integer of any width.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value, or null when there is none.</returns>
    public double? GetNumber(string key) => Scalar(key) is (GgufValueType type, nint data) ? GgufValues.Number(type, (void*)data, 0) : null;

    /// <summary>Reads a boolean.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value, or null when there is none.</returns>
    public bool? GetBoolean(string key) =>
        Scalar(key) is (GgufValueType.Boolean, nint data) ? *(byte*)data != 0 : null;

    /// <summary>Reads an array of texts, for example <c>tokenizer.ggml.tokens</c>.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The texts, or null when there is no such array.</returns>
    public string[]? GetStrings(string key)
    {
        if (FindArray(key) is not { } id || (GgufValueType)GgmlNative.gguf_get_arr_type(_handle, id) != GgufValueType.String)
        {
            return null;
        }

        string[] values = new string[checked((int)GgmlNative.gguf_get_arr_n(_handle, id))];
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = Utf8Text.Read(GgmlNative.gguf_get_arr_str(_handle, id, (nuint)index));
        }

        return values;
    }

    /// <summary>Reads an array of integers of any width.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The values, or null when there is no such array.</returns>
    public long[]? GetIntegers(string key) => Elements(key, static (type, data, index) => GgufValues.Integer(type, data, index));

    /// <summary>Reads an array of numbers.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The values, or null when there is no such array.</returns>
    public double[]? GetNumbers(string key) => Elements(key, static (type, data, index) => GgufValues.Number(type, data, index));

    /// <summary>Reads an array of 32-bit floats.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The values, or null when there is no array of that type.</returns>
    public float[]? GetFloats(string key) =>
        FindArray(key) is { } id && (GgufValueType)GgmlNative.gguf_get_arr_type(_handle, id) == GgufValueType.Float32
            ? new ReadOnlySpan<float>(GgmlNative.gguf_get_arr_data(_handle, id), checked((int)GgmlNative.gguf_get_arr_n(_handle, id))).ToArray()
            : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _mapping.Dispose();
        _handle.Dispose();
    }

    internal ReadOnlySpan<byte> GetBytes(long offset, int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return offset >= 0 && offset <= _length - count
            ? new ReadOnlySpan<byte>(_start + offset, count)
            : throw new ArgumentOutOfRangeException(nameof(offset));
    }

    /// <summary>The length of the content: the file may be a link, as in the cache of Hugging Face's tools.</summary>
    private static long LengthOf(string path)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
        return RandomAccess.GetLength(file);
    }

    private static string[] ReadKeys(GgufHandle handle)
    {
        string[] keys = new string[checked((int)GgmlNative.gguf_get_n_kv(handle))];
        for (int id = 0; id < keys.Length; id++)
        {
            keys[id] = Utf8Text.Read(GgmlNative.gguf_get_key(handle, id));
        }

        return keys;
    }

    private GgufTensor[] ReadTensors()
    {
        var tensors = new GgufTensor[checked((int)GgmlNative.gguf_get_n_tensors(_handle))];
        long dataOffset = (long)GgmlNative.gguf_get_data_offset(_handle);
        for (int id = 0; id < tensors.Length; id++)
        {
            var sizes = new ReadOnlySpan<long>(GgmlNative.gguf_get_tensor_ne(_handle, id), 4);
            int dimensions = sizes.LastIndexOfAnyExcept(1L) + 1;
            tensors[id] = new GgufTensor(
                this,
                Utf8Text.Read(GgmlNative.gguf_get_tensor_name(_handle, id)),
                (GgmlType)GgmlNative.gguf_get_tensor_type(_handle, id),
                sizes[..Math.Max(1, dimensions)].ToArray(),
                dataOffset + (long)GgmlNative.gguf_get_tensor_offset(_handle, id),
                (long)GgmlNative.gguf_get_tensor_size(_handle, id));
            _tensorsByName.Add(tensors[id].Name, tensors[id]);
        }

        return tensors;
    }

    private long? Find(string key)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long id = GgmlNative.gguf_find_key(_handle, key);
        return id < 0 ? null : id;
    }

    private long? FindArray(string key) =>
        Find(key) is { } id && (GgufValueType)GgmlNative.gguf_get_kv_type(_handle, id) == GgufValueType.Array ? id : null;

    private (GgufValueType Type, nint Data)? Scalar(string key)
    {
        if (Find(key) is not { } id)
        {
            return null;
        }

        var type = (GgufValueType)GgmlNative.gguf_get_kv_type(_handle, id);
        return type is GgufValueType.Array or GgufValueType.String ? null : (type, (nint)GgmlNative.gguf_get_val_data(_handle, id));
    }

    private T[]? Elements<T>(string key, GgufValues.Reader<T> read)
        where T : struct
    {
        if (FindArray(key) is not { } id || (GgufValueType)GgmlNative.gguf_get_arr_type(_handle, id) is var type && type == GgufValueType.String)
        {
            return null;
        }

        var values = new T[checked((int)GgmlNative.gguf_get_arr_n(_handle, id))];
        void* data = values.Length == 0 ? null : GgmlNative.gguf_get_arr_data(_handle, id);
        for (int index = 0; index < values.Length; index++)
        {
            if (read(type, data, index) is not { } value)
            {
                return null;
            }

            values[index] = value;
        }

        return values;
    }
}
