using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace EdgeBuild.Tests;

/// <summary>Reads the 32-bit float tensors of a safetensors file: an 8-byte length, a JSON header, the data.</summary>
internal sealed class SafetensorsFile
{
    private readonly Dictionary<string, (long[] Shape, float[] Values)> _tensors = new(StringComparer.Ordinal);

    private SafetensorsFile()
    {
    }

    public IReadOnlyCollection<string> Names => _tensors.Keys;

    public static SafetensorsFile Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        var file = new SafetensorsFile();
        foreach (JsonProperty entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                continue;
            }

            if (entry.Value.GetProperty("dtype").GetString() != "F32")
            {
                throw new NotSupportedException($"{entry.Name} is not F32.");
            }

            int start = 8 + headerLength + entry.Value.GetProperty("data_offsets")[0].GetInt32();
            int end = 8 + headerLength + entry.Value.GetProperty("data_offsets")[1].GetInt32();
            long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
            file._tensors.Add(entry.Name, (shape, MemoryMarshal.Cast<byte, float>(bytes.AsSpan(start, end - start)).ToArray()));
        }

        return file;
    }

    public IReadOnlyList<long> Shape(string name) => _tensors[name].Shape;

    public float[] Values(string name) => _tensors[name].Values;
}
