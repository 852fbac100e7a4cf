using System.Text;
using EdgeBuild.LlamaCpp.Native;

namespace EdgeBuild.LlamaCpp;

/// <summary>
/// Writes a GGUF file: the header through ggml's own writer, tensor data streamed one after the other, so that no more than one tensor is in
/// memory. The file appears under its name only when it is complete.
/// </summary>
public sealed unsafe class GgufWriter : IDisposable
{
    private const int CopyBlock = 8 << 20;

    private readonly GgufHandle _handle;
    private readonly List<GgufTensorSource> _tensors = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly int _alignment = 32;

    /// <summary>Initializes a new instance of the <see cref="GgufWriter"/> class.</summary>
    /// <param name="metadata">A file whose metadata are copied, in its order and with its alignment; null for none.</param>
    public GgufWriter(GgufFile? metadata = null)
    {
        NativeLibraries.EnsureLoaded();
        if (metadata is null)
        {
            _handle = new GgufHandle(GgmlNative.gguf_init_empty());
            return;
        }

        _alignment = metadata.Alignment;
        _handle = Empty(_alignment);
        GgmlNative.gguf_set_kv(_handle, metadata.Handle);
    }

    /// <summary>Sets a text. A key that is there already moves to the end.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The text.</param>
    public void Set(string key, string value) => GgmlNative.gguf_set_val_str(_handle, Key(key), value);

    /// <summary>Sets a 32-bit unsigned integer.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    public void Set(string key, uint value) => GgmlNative.gguf_set_val_u32(_handle, Key(key), value);

    /// <summary>Sets a 32-bit signed integer.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    public void Set(string key, int value) => GgmlNative.gguf_set_val_i32(_handle, Key(key), value);

    /// <summary>Sets a 64-bit unsigned integer.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    public void Set(string key, ulong value) => GgmlNative.gguf_set_val_u64(_handle, Key(key), value);

    /// <summary>Sets a 32-bit float.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    public void Set(string key, float value) => GgmlNative.gguf_set_val_f32(_handle, Key(key), value);

    /// <summary>Sets a boolean.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    public void Set(string key, bool value) => GgmlNative.gguf_set_val_bool(_handle, Key(key), value);

    /// <summary>Sets an array of 32-bit signed integers.</summary>
    /// <param name="key">The key.</param>
    /// <param name="values">The values.</param>
    public void SetArray(string key, ReadOnlySpan<int> values)
    {
        fixed (int* pointer = values)
        {
            GgmlNative.gguf_set_arr_data(_handle, Key(key), (int)GgufValueType.Int32, pointer, (nuint)values.Length);
        }
    }

    /// <summary>Sets an array of 32-bit floats.</summary>
    /// <param name="key">The key.</param>
    /// <param name="values">The values.</param>
    public void SetArray(string key, ReadOnlySpan<float> values)
    {
        fixed (float* pointer = values)
        {
            GgmlNative.gguf_set_arr_data(_handle, Key(key), (int)GgufValueType.Float32, pointer, (nuint)values.Length);
        }
    }

    /// <summary>Sets an array of texts.</summary>
    /// <param name="key">The key.</param>
    /// <param name="values">The texts.</param>
    public void SetArray(string key, IReadOnlyList<string> values)
    {
        int[] starts = new int[values.Count];
        using var bytes = new MemoryStream();
        for (int index = 0; index < starts.Length; index++)
        {
            starts[index] = (int)bytes.Position;
            bytes.Write(Utf8Text.Terminated(values[index]));
        }

        byte*[] pointers = new byte*[Math.Max(1, starts.Length)];
        fixed (byte* text = bytes.GetBuffer())
        fixed (byte** pointer = pointers)
        {
            for (int index = 0; index < starts.Length; index++)
            {
                pointer[index] = text + starts[index];
            }

            GgmlNative.gguf_set_arr_str(_handle, Key(key), pointer, (nuint)starts.Length);
        }
    }

    /// <summary>Removes a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string key) => GgmlNative.gguf_remove_key(_handle, Key(key)) >= 0;

    /// <summary>Adds a tensor of an open file, byte for byte. The file stays open until <see cref="Write"/>.</summary>
    /// <param name="tensor">The tensor.</param>
    public void AddTensor(GgufTensor tensor) => Add(new GgufTensorSource(
        tensor.Name, tensor.Type, [.. tensor.Shape], tensor.ByteCount, stream => Copy(tensor, stream)));

    /// <summary>Adds a tensor of 32-bit floats.</summary>
    /// <param name="name">Its name, at most 63 bytes.</param>
    /// <param name="shape">The sizes in ggml's order: the row length first.</param>
    /// <param name="values">The values; they are read in <see cref="Write"/>.</param>
    public void AddTensor(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, Product(shape), nameof(values));
        AddTensor(name, GgmlType.F32, shape, stream => stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.Span)));
    }

    /// <summary>Adds a tensor with its bytes.</summary>
    /// <param name="name">Its name, at most 63 bytes.</param>
    /// <param name="type">The type.</param>
    /// <param name="shape">The sizes in ggml's order: the row length first.</param>
    /// <param name="data">The bytes; they are read in <see cref="Write"/>.</param>
    public void AddTensor(string name, GgmlType type, ReadOnlySpan<long> shape, ReadOnlyMemory<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(data.Length, ByteCount(type, shape), nameof(data));
        AddTensor(name, type, shape, stream => stream.Write(data.Span));
    }

    /// <summary>Adds a tensor whose bytes are made when it is written, so that large files need little memory.</summary>
    /// <param name="name">Its name, at most 63 bytes.</param>
    /// <param name="type">The type.</param>
    /// <param name="shape">The sizes in ggml's order: the row length first.</param>
    /// <param name="write">Writes exactly the bytes of the tensor.</param>
    public void AddTensor(string name, GgmlType type, ReadOnlySpan<long> shape, Action<Stream> write) =>
        Add(new GgufTensorSource(name, type, shape.ToArray(), ByteCount(type, shape), write));

    /// <summary>Writes the file beside its final name, makes sure that it is on the disk, and renames it. A file of that name is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Stops between tensors; nothing is left behind.</param>
    public void Write(string path, CancellationToken cancellationToken = default) => AtomicFile.Write(path, stream =>
    {
        stream.Write(Header());
        foreach (GgufTensorSource tensor in _tensors)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = stream.Position;
            tensor.Write(stream);
            if (stream.Position - start != tensor.ByteCount)
            {
                throw new InvalidOperationException(
                    $"The tensor '{tensor.Name}' takes {tensor.ByteCount} bytes, {stream.Position - start} were written.");
            }

            stream.Write(new byte[(int)(-stream.Position & (_alignment - 1))]);
        }
    });

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    /// <summary>ggml takes the alignment of a writer from a file's header only, so an unusual one needs a header of its own.</summary>
    private static GgufHandle Empty(int alignment)
    {
        using var header = new MemoryStream();
        using (var writer = new BinaryWriter(header, Encoding.UTF8, leaveOpen: true))
        {
            byte[] key = "general.alignment"u8.ToArray();
            writer.Write("GGUF"u8);
            writer.Write(3u);
            writer.Write(0L);
            writer.Write(1L);
            writer.Write((long)key.Length);
            writer.Write(key);
            writer.Write((uint)GgufValueType.UInt32);
            writer.Write((uint)alignment);
        }

        GgufHandle handle;
        fixed (byte* data = header.GetBuffer())
        {
            handle = new GgufHandle(GgmlNative.gguf_init_from_buffer(data, (nuint)header.Length, new GgufInitParams { NoAlloc = 1 }));
        }

        GgmlNative.gguf_remove_key(handle, "general.alignment");
        return handle;
    }

    private static void Copy(GgufTensor tensor, Stream stream)
    {
        long rowBytes = GgmlTypes.RowByteCount(tensor.Type, tensor.RowLength);
        long rowsPerBlock = Math.Max(1, CopyBlock / rowBytes);
        for (long row = 0; row < tensor.RowCount; row += rowsPerBlock)
        {
            stream.Write(tensor.GetRows(row, Math.Min(rowsPerBlock, tensor.RowCount - row)));
        }
    }

    private static long Product(ReadOnlySpan<long> shape)
    {
        long product = 1;
        foreach (long size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(size, 1, nameof(shape));
            product = checked(product * size);
        }

        return product;
    }

    private static long ByteCount(GgmlType type, ReadOnlySpan<long> shape) =>
        Product(shape) / shape[0] * GgmlTypes.RowByteCount(type, shape[0]);

    private static string Key(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return key != "general.alignment" ? key : throw new ArgumentException("The alignment is that of the file whose metadata are copied.", nameof(key));
    }

    private void Add(GgufTensorSource tensor)
    {
        if (Encoding.UTF8.GetByteCount(tensor.Name) is 0 or > 63 || tensor.Shape.Length is 0 or > 4)
        {
            throw new ArgumentException($"'{tensor.Name}' is too long for the name of a tensor, or it has no shape of 1 to 4 sizes.", nameof(tensor));
        }

        if (!_names.Add(tensor.Name))
        {
            throw new ArgumentException($"There is a tensor '{tensor.Name}' already.", nameof(tensor));
        }

        _tensors.Add(tensor);
        nint context = GgmlNative.ggml_init(new GgmlInitParams { MemorySize = GgmlNative.ggml_tensor_overhead() * 2, NoAlloc = 1 });
        fixed (long* shape = tensor.Shape)
        {
            nint entry = GgmlNative.ggml_new_tensor(context, (int)tensor.Type, tensor.Shape.Length, shape);
            GgmlNative.ggml_set_name(entry, tensor.Name);
            GgmlNative.gguf_add_tensor(_handle, entry);
        }

        GgmlNative.ggml_free(context);
    }

    private byte[] Header()
    {
        byte[] header = new byte[checked((int)GgmlNative.gguf_get_meta_size(_handle))];
        fixed (byte* pointer = header)
        {
            GgmlNative.gguf_get_meta_data(_handle, pointer);
        }

        return header;
    }
}
