using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace EdgeBuild.LlamaCpp;

/// <summary>
/// The header of a GGUF file, read and checked by managed code: format of ggml/include/gguf.h, version 3. Nothing of the file is trusted,
/// every count is compared with what the file's size allows before anything is allocated.
/// </summary>
internal sealed class GgufHeader
{
    private const int MaxKeyLength = 65535;
    private const int MaxTextLength = 16 << 20;
    private const int MaxNameLength = 63;
    private const int MaxDimensions = 4;
    private const int MaxKeys = 1 << 16;
    private const int MaxTensors = 1 << 17;

    private readonly Dictionary<string, GgufHeaderValue> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GgufHeaderTensor> _tensors = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, GgufHeaderValue> Values => _values;

    public IReadOnlyDictionary<string, GgufHeaderTensor> Tensors => _tensors;

    public static GgufHeader Read(SafeFileHandle file, long length)
    {
        var header = new GgufHeader();
        header.ReadAll(new GgufHeaderReader(file, length), length);
        return header;
    }

    public string? Text(string key) => _values.GetValueOrDefault(key)?.Text;

    public long? Integer(string key) => _values.GetValueOrDefault(key)?.Integer;

    public double? Number(string key) => _values.GetValueOrDefault(key)?.Number;

    private void ReadAll(GgufHeaderReader reader, long length)
    {
        CheckMagic(reader);
        ulong tensorCount = reader.ReadUInt64();
        ulong keyCount = reader.ReadUInt64();

        // The smallest key takes 13 bytes, the smallest tensor entry 32.
        if (keyCount > MaxKeys || keyCount * 13 > (ulong)reader.Remaining)
        {
            throw new GgufFormatException($"it says that it has {keyCount} metadata keys, more than fit");
        }

        if (tensorCount > MaxTensors || tensorCount * 32 > (ulong)reader.Remaining)
        {
            throw new GgufFormatException($"it says that it has {tensorCount} tensors, more than fit");
        }

        for (ulong index = 0; index < keyCount; index++)
        {
            ReadKey(reader);
        }

        long alignment = Alignment();
        for (ulong index = 0; index < tensorCount; index++)
        {
            ReadTensor(reader, alignment);
        }

        CheckData(reader.Position, alignment, length);
    }

    private static void CheckMagic(GgufHeaderReader reader)
    {
        byte[] magic = reader.ReadBytes(4);
        if (!magic.AsSpan().SequenceEqual("GGUF"u8))
        {
            throw new GgufFormatException("it does not start with 'GGUF'");
        }

        uint version = reader.ReadUInt32();
        if (version != 3)
        {
            throw new GgufFormatException(
                (version & 0xFFFF) == 0 ? "it is big-endian" : string.Create(CultureInfo.InvariantCulture, $"its format version is {version} and not 3"));
        }
    }

    private void ReadKey(GgufHeaderReader reader)
    {
        string key = reader.ReadString(MaxKeyLength, "a metadata key");
        uint type = reader.ReadUInt32();
        var value = new GgufHeaderValue((GgufValueType)type);
        if (key.Length == 0 || !_values.TryAdd(key, value))
        {
            throw new GgufFormatException(key.Length == 0 ? "a metadata key is empty" : $"the metadata key '{key}' is there twice");
        }

        switch (value.Type)
        {
            case GgufValueType.String:
                value.Text = reader.ReadString(MaxTextLength, $"the value of '{key}'");
                break;
            case GgufValueType.Array:
                value.ReadArray(reader, key, MaxTextLength, keepTexts: key == "tokenizer.ggml.tokens");
                break;
            default:
                value.ReadScalar(reader, key);
                break;
        }
    }

    private long Alignment()
    {
        if (!_values.TryGetValue("general.alignment", out GgufHeaderValue? value))
        {
            return 32;
        }

        return value is { Type: GgufValueType.UInt32, Integer: long alignment } && alignment is >= 8 and <= 1 << 20 && long.IsPow2(alignment)
            ? alignment
            : throw new GgufFormatException("'general.alignment' is not a power of two");
    }

    private void ReadTensor(GgufHeaderReader reader, long alignment)
    {
        string name = reader.ReadString(MaxNameLength, "a tensor's name");
        uint dimensions = reader.ReadUInt32();
        if (dimensions is < 1 or > MaxDimensions)
        {
            throw new GgufFormatException($"the tensor '{name}' has {dimensions} dimensions");
        }

        long[] shape = [1, 1, 1, 1];
        Int128 elements = 1;
        for (int index = 0; index < dimensions; index++)
        {
            shape[index] = (long)reader.ReadUInt64();
            elements *= shape[index];
            if (shape[index] <= 0 || elements > long.MaxValue / 8)
            {
                throw new GgufFormatException($"the tensor '{name}' has an impossible shape");
            }
        }

        uint typeNumber = reader.ReadUInt32();
        var type = (GgmlType)typeNumber;
        if (typeNumber >= GgmlTypes.Count || !GgmlTypes.IsKnown(type))
        {
            throw new GgufFormatException($"the tensor '{name}' has the unknown type {typeNumber}");
        }

        if (shape[0] % GgmlTypes.BlockSize(type) != 0)
        {
            throw new GgufFormatException($"the rows of the tensor '{name}' do not fit the blocks of {GgmlTypes.Name(type)}");
        }

        long byteCount = checked((long)(elements / GgmlTypes.BlockSize(type) * GgmlTypes.BlockByteCount(type)));
        ulong offset = reader.ReadUInt64();
        if (offset > long.MaxValue || (long)offset % alignment != 0)
        {
            throw new GgufFormatException($"the data of the tensor '{name}' are not aligned");
        }

        if (name.Length == 0 || !_tensors.TryAdd(name, new GgufHeaderTensor(type, shape, (long)offset, byteCount)))
        {
            throw new GgufFormatException(name.Length == 0 ? "a tensor has no name" : $"the tensor '{name}' is there twice");
        }
    }

    /// <summary>ggml wants the data in the order of the entries and without gaps; that also rules out overlaps.</summary>
    private void CheckData(long headerEnd, long alignment, long length)
    {
        long start = Align(headerEnd, alignment);
        long expected = 0;
        foreach ((string name, GgufHeaderTensor tensor) in _tensors)
        {
            if (tensor.Offset != expected)
            {
                throw new GgufFormatException($"the data of the tensor '{name}' are not where the tensors before it end");
            }

            if (tensor.ByteCount > length - start - tensor.Offset)
            {
                throw GgufFormatException.Truncated();
            }

            expected = Align(expected + tensor.ByteCount, alignment);
        }
    }

    private static long Align(long value, long alignment) => (value + alignment - 1) & ~(alignment - 1);
}
