using System.Buffers.Binary;
using System.Text;

namespace EdgeBuild.Training;

/// <summary>
/// Edits a version requirement (<c>Vernaux</c>) of a 64-bit little-endian ELF file. Structures: System V gABI (section headers, <c>Elf64_Rela</c>,
/// <c>Elf64_Sym</c>) and the Linux Standard Base, "Symbol Versioning".
/// </summary>
internal static class ElfVersionRequirement
{
    private const uint SectionRelocations = 4;
    private const uint SectionDynamicSymbols = 11;
    private const uint SectionVersionRequirements = 0x6ffffffe;
    private const uint SectionSymbolVersions = 0x6fffffff;
    private const ushort WeakFlag = 0x2;

    private readonly record struct Section(uint Type, int Offset, int Size, int Link, int Index);

    /// <summary>Sets the weak flag of one requirement, after proving that no relocation uses a symbol of that version.</summary>
    /// <param name="file">The whole file, changed in place.</param>
    /// <param name="library">The required library.</param>
    /// <param name="version">The version of it.</param>
    /// <exception cref="InvalidDataException">
    /// The file is not such an ELF file, has the requirement not exactly once, or binds a symbol of that version.
    /// </exception>
    public static void MakeWeak(Span<byte> file, string library, string version)
    {
        List<Section> sections = ReadSections(file);
        Section requirements = Single(sections, SectionVersionRequirements);
        Section names = sections[requirements.Link];
        int entry = FindEntry(file, requirements, names, library, version);
        ushort versionIndex = BinaryPrimitives.ReadUInt16LittleEndian(file[(entry + 6)..]);
        RefuseBoundSymbols(file, sections, versionIndex);
        Span<byte> flags = file.Slice(entry + 4, 2);
        BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | WeakFlag));
    }

    private static List<Section> ReadSections(ReadOnlySpan<byte> file)
    {
        const int headerSize = 64;
        if (file.Length < headerSize || !file.StartsWith((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            throw new InvalidDataException("It is not a 64-bit little-endian ELF file.");
        }

        long start = BinaryPrimitives.ReadInt64LittleEndian(file[40..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(file[58..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file[60..]);
        if (size != headerSize || start < headerSize || start > file.Length - ((long)size * count))
        {
            throw new InvalidDataException("Its section headers are not in the file.");
        }

        var sections = new List<Section>(count);
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> header = file.Slice((int)start + (index * size), size);
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            long offset = BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
            long length = BinaryPrimitives.ReadInt64LittleEndian(header[32..]);
            int link = BinaryPrimitives.ReadInt32LittleEndian(header[40..]);
            bool occupiesFile = type != 8;
            if (occupiesFile && (offset < 0 || length < 0 || offset > file.Length - length))
            {
                throw new InvalidDataException("A section is not in the file.");
            }

            sections.Add(new Section(type, occupiesFile ? (int)offset : 0, occupiesFile ? (int)length : 0, link >= 0 && link < count ? link : 0, index));
        }

        return sections;
    }

    private static Section Single(List<Section> sections, uint type)
    {
        List<Section> found = sections.FindAll(section => section.Type == type);
        return found.Count == 1 ? found[0] : throw new InvalidDataException("It has not exactly one section of each kind that versions need.");
    }

    private static int FindEntry(ReadOnlySpan<byte> file, Section requirements, Section names, string library, string version)
    {
        int end = requirements.Offset + requirements.Size;
        int found = -1;
        int need = requirements.Offset;
        for (bool more = true; more;)
        {
            Check(need, end);
            int count = BinaryPrimitives.ReadUInt16LittleEndian(file[(need + 2)..]);
            bool isLibrary = NameAt(file, names, BinaryPrimitives.ReadUInt32LittleEndian(file[(need + 4)..])) == library;
            int entry = need + BinaryPrimitives.ReadInt32LittleEndian(file[(need + 8)..]);
            for (int index = 0; index < count; index++)
            {
                Check(entry, end);
                if (isLibrary && NameAt(file, names, BinaryPrimitives.ReadUInt32LittleEndian(file[(entry + 8)..])) == version)
                {
                    found = found < 0 ? entry : throw new InvalidDataException($"It requires {version} twice.");
                }

                entry += BinaryPrimitives.ReadInt32LittleEndian(file[(entry + 12)..]);
            }

            int next = BinaryPrimitives.ReadInt32LittleEndian(file[(need + 12)..]);
            more = next > 0;
            need += next;
        }

        return found >= 0 ? found : throw new InvalidDataException($"It does not require {version} of {library}.");

        static void Check(int offset, int end)
        {
            if (offset < 0 || offset > end - 16)
            {
                throw new InvalidDataException("Its version requirements are damaged.");
            }
        }
    }

    private static string NameAt(ReadOnlySpan<byte> file, Section names, uint offset)
    {
        if (offset >= names.Size)
        {
            throw new InvalidDataException("A name is not in the string table.");
        }

        ReadOnlySpan<byte> text = file.Slice(names.Offset + (int)offset, names.Size - (int)offset);
        int length = text.IndexOf((byte)0);
        return Encoding.ASCII.GetString(text[..(length < 0 ? text.Length : length)]);
    }

    private static void RefuseBoundSymbols(ReadOnlySpan<byte> file, List<Section> sections, ushort versionIndex)
    {
        const int relocationSize = 24;
        Section symbols = Single(sections, SectionDynamicSymbols);
        Section versions = Single(sections, SectionSymbolVersions);
        foreach (Section relocations in sections.Where(section => section.Type == SectionRelocations && section.Link == symbols.Index))
        {
            for (int offset = relocations.Offset; offset + relocationSize <= relocations.Offset + relocations.Size; offset += relocationSize)
            {
                uint symbol = BinaryPrimitives.ReadUInt32LittleEndian(file[(offset + 12)..]);
                long place = versions.Offset + ((long)symbol * 2);
                if (place + 2 > versions.Offset + versions.Size)
                {
                    throw new InvalidDataException("A relocation names a symbol without a version.");
                }

                if ((BinaryPrimitives.ReadUInt16LittleEndian(file[(int)place..]) & 0x7fff) == versionIndex)
                {
                    throw new InvalidDataException("A relocation binds a symbol of that version.");
                }
            }
        }
    }
}
