using System.Buffers.Binary;
using System.Text;

namespace EdgeBuild.Training.Tests;

/// <summary>A small 64-bit ELF file with what symbol versions need: names, symbols, their versions, required versions, relocations.</summary>
internal sealed class ElfFile
{
    private const int HeaderSize = 64;
    private readonly List<byte> _names = [0];

    /// <summary>Required versions by library; a version's index is its place in this order, from 2.</summary>
    public required (string Library, string[] Versions)[] Requirements { get; init; }

    /// <summary>The version index of every symbol.</summary>
    public ushort[] SymbolVersions { get; init; } = [0, 2];

    /// <summary>The symbols that relocations name.</summary>
    public uint[] RelocatedSymbols { get; init; } = [1];

    public byte[] ToArray()
    {
        byte[] requirements = RequirementSection();
        byte[] versions = new byte[2 * SymbolVersions.Length];
        for (int index = 0; index < SymbolVersions.Length; index++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(versions.AsSpan(2 * index), SymbolVersions[index]);
        }

        byte[] relocations = new byte[24 * RelocatedSymbols.Length];
        for (int index = 0; index < RelocatedSymbols.Length; index++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(relocations.AsSpan((24 * index) + 12), RelocatedSymbols[index]);
        }

        (uint Type, int Link, byte[] Content)[] sections =
        [
            (0, 0, []),
            (3, 0, [.. _names]),
            (11, 1, new byte[24 * SymbolVersions.Length]),
            (0x6fffffff, 2, versions),
            (0x6ffffffe, 1, requirements),
            (4, 2, relocations),
        ];
        var file = new List<byte>(new byte[HeaderSize]);
        var headers = new List<byte>();
        foreach ((uint type, int link, byte[] content) in sections)
        {
            byte[] header = new byte[HeaderSize];
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), type);
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), file.Count);
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), content.Length);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(40), link);
            headers.AddRange(header);
            file.AddRange(content);
        }

        byte[] bytes = [.. file, .. headers];
        ((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]).CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), file.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(58), HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(60), (ushort)sections.Length);
        return bytes;
    }

    private byte[] RequirementSection()
    {
        const int entrySize = 16;
        byte[] section = new byte[Requirements.Sum(requirement => entrySize * (1 + requirement.Versions.Length))];
        int place = 0;
        ushort versionIndex = 2;
        for (int index = 0; index < Requirements.Length; index++)
        {
            (string library, string[] names) = Requirements[index];
            int size = entrySize * (1 + names.Length);
            Span<byte> need = section.AsSpan(place);
            BinaryPrimitives.WriteUInt16LittleEndian(need, 1);
            BinaryPrimitives.WriteUInt16LittleEndian(need[2..], (ushort)names.Length);
            BinaryPrimitives.WriteInt32LittleEndian(need[4..], Name(library));
            BinaryPrimitives.WriteInt32LittleEndian(need[8..], entrySize);
            BinaryPrimitives.WriteInt32LittleEndian(need[12..], index == Requirements.Length - 1 ? 0 : size);
            for (int version = 0; version < names.Length; version++)
            {
                Span<byte> entry = section.AsSpan(place + (entrySize * (1 + version)));
                BinaryPrimitives.WriteUInt16LittleEndian(entry[6..], versionIndex++);
                BinaryPrimitives.WriteInt32LittleEndian(entry[8..], Name(names[version]));
                BinaryPrimitives.WriteInt32LittleEndian(entry[12..], version == names.Length - 1 ? 0 : entrySize);
            }

            place += size;
        }

        return section;
    }

    private int Name(string text)
    {
        int place = _names.Count;
        _names.AddRange(Encoding.ASCII.GetBytes(text));
        _names.Add(0);
        return place;
    }
}
