using System.Buffers.Binary;

namespace EdgeBuild.LlamaCpp;

/// <summary>A metadata value as <see cref="GgufHeader"/> read it. Of arrays only the length, and the values of small integer arrays, are kept.</summary>
internal sealed class GgufHeaderValue(GgufValueType type)
{
    private const int MaxKeptIntegers = 4096;

    public GgufValueType Type { get; } = type;

    public string? Text { get; set; }

    public long? Integer { get; private set; }

    public double? Number { get; private set; }

    public GgufValueType? ArrayType { get; private set; }

    public long ArrayLength { get; private set; }

    public IReadOnlyList<long> Integers { get; private set; } = [];

    /// <summary>Gets the texts of a kept array, byte for byte as characters, as far as a zero byte: that is what native code compares.</summary>
    public IReadOnlyList<string> Texts { get; private set; } = [];

    public void ReadScalar(GgufHeaderReader reader, string key)
    {
        byte[] bytes = reader.ReadBytes(Size(Type, key));
        Integer = ToInteger(Type, bytes);
        Number = Type switch
        {
            GgufValueType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            GgufValueType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            _ => Integer,
        };
        if (Type == GgufValueType.Boolean && bytes[0] > 1)
        {
            throw new GgufFormatException($"'{key}' is neither true nor false");
        }
    }

    public void ReadArray(GgufHeaderReader reader, string key, int textLimit, bool keepTexts)
    {
        var type = (GgufValueType)reader.ReadUInt32();
        ulong count = reader.ReadUInt64();
        ArrayType = type;
        if (type == GgufValueType.String)
        {
            // A text takes 8 bytes at least.
            if (count > (ulong)reader.Remaining / 8)
            {
                throw new GgufFormatException($"the array '{key}' says that it has {count} texts, more than fit");
            }

            ArrayLength = (long)count;
            var texts = new List<string>(keepTexts ? (int)count : 0);
            for (ulong index = 0; index < count; index++)
            {
                ulong length = reader.ReadUInt64();
                if (length > (ulong)textLimit)
                {
                    throw new GgufFormatException($"a text in '{key}' is {length} bytes long");
                }

                if (keepTexts)
                {
                    texts.Add(reader.ReadRawText((int)length));
                }
                else
                {
                    reader.Skip(length);
                }
            }

            Texts = texts;

            return;
        }

        if (type == GgufValueType.Array)
        {
            throw new GgufFormatException($"'{key}' is an array of arrays");
        }

        int size = Size(type, key);
        if (count > (ulong)reader.Remaining / (ulong)size)
        {
            throw new GgufFormatException($"the array '{key}' says that it has {count} values, more than fit");
        }

        ArrayLength = (long)count;
        if (count > MaxKeptIntegers)
        {
            reader.Skip(count * (ulong)size);
            return;
        }

        long[] integers = new long[count];
        for (int index = 0; index < integers.Length; index++)
        {
            integers[index] = ToInteger(type, reader.ReadBytes(size)) ?? -1;
        }

        Integers = integers;
    }

    private static int Size(GgufValueType type, string key) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Boolean => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
        _ => throw new GgufFormatException($"'{key}' has the unknown type {(uint)type}"),
    };

    private static long? ToInteger(GgufValueType type, ReadOnlySpan<byte> bytes) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Boolean => bytes[0],
        GgufValueType.Int8 => (sbyte)bytes[0],
        GgufValueType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        GgufValueType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        GgufValueType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        GgufValueType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        GgufValueType.UInt64 => BinaryPrimitives.ReadInt64LittleEndian(bytes) is >= 0 and long value ? value : null,
        GgufValueType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        _ => null,
    };
}
