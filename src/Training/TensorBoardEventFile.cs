using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using Tensorboard;

namespace EdgeBuild.Training;

/// <summary>
/// Writes scalars for TensorBoard: a file of TFRecords, each a length, its checksum, a protocol buffer <c>Event</c> and its checksum. (The writer of
/// TorchSharp gives times in another unit than seconds and names the machine in the file's name.)
/// </summary>
public sealed class TensorBoardEventFile : IDisposable
{
    private readonly FileStream _stream;

    /// <summary>Initializes a new instance of the <see cref="TensorBoardEventFile"/> class: an empty file with the record of its version.</summary>
    /// <param name="path">The file; replaced when it exists. TensorBoard shows files with <c>tfevents</c> in their names.</param>
    /// <param name="time">The time of the first record.</param>
    public TensorBoardEventFile(string path, DateTimeOffset time)
    {
        _stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1);
        Write(new Event { WallTime = Seconds(time), FileVersion = "brain.Event:2" });
    }

    /// <summary>Adds a value.</summary>
    /// <param name="tag">Its name; a slash groups charts.</param>
    /// <param name="value">The value.</param>
    /// <param name="step">The step.</param>
    /// <param name="time">The time.</param>
    public void Add(string tag, double value, int step, DateTimeOffset time)
    {
        var summary = new Summary();
        summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });
        Write(new Event { WallTime = Seconds(time), Step = step, Summary = summary });
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static double Seconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalSeconds;

    /// <summary>CRC-32C, rotated and shifted so that checksums of texts that hold checksums stay apart.</summary>
    private static uint MaskedChecksum(ReadOnlySpan<byte> bytes)
    {
        uint checksum = uint.MaxValue;
        foreach (byte value in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }

        return BitOperations.RotateRight(~checksum, 15) + 0xA282EAD8;
    }

    private void Write(Event entry)
    {
        const int HeaderLength = 12;
        byte[] data = entry.ToByteArray();
        byte[] record = new byte[HeaderLength + data.Length + sizeof(uint)];
        BinaryPrimitives.WriteInt64LittleEndian(record, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(sizeof(long)), MaskedChecksum(record.AsSpan(0, sizeof(long))));
        data.CopyTo(record, HeaderLength);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(HeaderLength + data.Length), MaskedChecksum(data));

        // One call a record, unbuffered: whoever reads meanwhile, or after a kill, finds whole records.
        _stream.Write(record);
    }
}
