using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training;

/// <summary>
/// Reads and writes safetensors: the length of the header (64 bits, little-endian), the header as JSON, then the values of all tensors without gaps.
/// </summary>
internal sealed class SafetensorsFile
{
    private const int LargestHeader = 100_000_000;
    private readonly Dictionary<string, SafetensorsTensor> _tensors = new(StringComparer.Ordinal);

    private SafetensorsFile()
    {
    }

    /// <summary>Gets the tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors => _tensors;

    /// <summary>Reads a file with F32, F16 or BF16 tensors.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The tensors.</returns>
    /// <exception cref="EdgeBuildException">EDGE3002: the file is damaged or has other types.</exception>
    public static SafetensorsFile Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            return Parse(bytes);
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or InvalidOperationException or OverflowException or FormatException or KeyNotFoundException)
        {
            throw new EdgeBuildException(ErrorCodes.AdapterMismatch, $"The file is not a valid safetensors file: {exception.Message} Export it again.", path, innerException: exception);
        }
    }

    /// <summary>Writes 32-bit floats. The file appears complete or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors in the order of the file.</param>
    public static void Write(string path, IReadOnlyDictionary<string, SafetensorsTensor> tensors)
    {
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            json.WriteEndObject();
            long offset = 0;
            foreach ((string name, SafetensorsTensor tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                WriteNumbers(json, "shape", tensor.Shape);
                long end = offset + ((long)tensor.Values.Length * sizeof(float));
                WriteNumbers(json, "data_offsets", [offset, end]);
                offset = end;
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Readers map the values in place, so the header is padded with spaces to a multiple of eight bytes.
        while (header.Length % 8 != 0)
        {
            header.WriteByte((byte)' ');
        }

        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header.GetBuffer(), 0, (int)header.Length);
            foreach (SafetensorsTensor tensor in tensors.Values)
            {
                stream.Write(MemoryMarshal.AsBytes(tensor.Values.AsSpan()));
            }
        });
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static SafetensorsFile Parse(byte[] bytes)
    {
        if (bytes.Length < 8 || BinaryPrimitives.ReadInt64LittleEndian(bytes) is var length && (length < 2 || length > Math.Min(LargestHeader, bytes.Length - 8)))
        {
            throw new InvalidDataException("The header is cut off.");
        }

        int start = 8 + (int)length;
        using JsonDocument document = JsonDocument.Parse(bytes.AsMemory(8, (int)length));
        var file = new SafetensorsFile();
        foreach (JsonProperty entry in document.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__"))
        {
            long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
            long[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
            string type = entry.Value.GetProperty("dtype").GetString() ?? string.Empty;
            long count = shape.Aggregate(1L, (product, size) => checked(product * (size >= 0 ? size : throw new InvalidDataException("A size is negative."))));
            int width = type switch { "F32" => 4, "F16" or "BF16" => 2, _ => throw new InvalidDataException($"The type {type} is not supported.") };
            if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] > bytes.Length - start || offsets[1] - offsets[0] != checked(count * width))
            {
                throw new InvalidDataException("The values of a tensor are not in the file.");
            }

            float[] values = Convert(bytes.AsSpan(start + (int)offsets[0], checked((int)(count * width))), type);
            if (!file._tensors.TryAdd(entry.Name, new SafetensorsTensor(shape, values)))
            {
                throw new InvalidDataException($"The tensor '{entry.Name}' is there twice.");
            }
        }

        return file;
    }

    private static float[] Convert(ReadOnlySpan<byte> bytes, string type)
    {
        if (type == "F32")
        {
            return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        }

        ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(bytes);
        var values = new float[halves.Length];
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = type == "F16" ? (float)BitConverter.UInt16BitsToHalf(halves[index]) : BitConverter.UInt32BitsToSingle((uint)halves[index] << 16);
        }

        return values;
    }
}
