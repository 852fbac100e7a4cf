using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EdgeBuild.LlamaCpp;

/// <summary>Reads little-endian values from the front of a file and never past its end.</summary>
internal sealed class GgufHeaderReader(SafeFileHandle file, long length)
{
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(1 << 16);
    private long _bufferStart;
    private int _bufferCount;

    public long Position { get; private set; }

    public long Remaining => length - Position;

    public byte ReadByte() => Take(1)[0];

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public byte[] ReadBytes(int count) => Take(count).ToArray();

    /// <summary>Reads a text that is at most <paramref name="limit"/> bytes long.</summary>
    public string ReadString(int limit, string what)
    {
        ulong count = ReadUInt64();
        if (count > (ulong)Remaining)
        {
            throw GgufFormatException.Truncated();
        }

        if (count > (ulong)limit)
        {
            throw new GgufFormatException($"{what} is {count} bytes long, more than {limit}");
        }

        try
        {
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Take((int)count));
            return text.Contains('\0') ? throw new GgufFormatException($"{what} has a zero character") : text;
        }
        catch (DecoderFallbackException)
        {
            throw new GgufFormatException($"{what} is not UTF-8");
        }
    }

    /// <summary>Reads bytes as characters of the same number, up to a zero byte.</summary>
    public string ReadRawText(int count)
    {
        ReadOnlySpan<byte> bytes = Take(count);
        int end = bytes.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? bytes : bytes[..end]);
    }

    public void Skip(ulong count)
    {
        if (count > (ulong)Remaining)
        {
            throw GgufFormatException.Truncated();
        }

        Position += (long)count;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining)
        {
            throw GgufFormatException.Truncated();
        }

        if (count > _buffer.Length)
        {
            byte[] large = new byte[count];
            Fill(large, Position);
            Position += count;
            return large;
        }

        if (Position < _bufferStart || Position + count > _bufferStart + _bufferCount)
        {
            _bufferStart = Position;
            _bufferCount = (int)Math.Min(_buffer.Length, Remaining);
            Fill(_buffer.AsSpan(0, _bufferCount), Position);
        }

        ReadOnlySpan<byte> result = _buffer.AsSpan((int)(Position - _bufferStart), count);
        Position += count;
        return result;
    }

    private void Fill(Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            int count = RandomAccess.Read(file, destination, offset);
            if (count == 0)
            {
                throw GgufFormatException.Truncated();
            }

            destination = destination[count..];
            offset += count;
        }
    }
}
