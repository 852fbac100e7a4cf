using System.Globalization;

namespace EdgeBuild.Data;

/// <summary>A SHA-256 of a row in 32 bytes. As text it would take five times the memory, which counts with a million rows.</summary>
public readonly record struct RowHash
{
    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    private RowHash(ulong first, ulong second, ulong third, ulong fourth)
    {
        _first = first;
        _second = second;
        _third = third;
        _fourth = fourth;
    }

    /// <summary>Gets the first eight bytes: enough to tell the rows of one prompt apart.</summary>
    public ulong Start => _first;

    /// <summary>Reads the text form.</summary>
    /// <param name="text">64 hexadecimal digits.</param>
    /// <returns>The hash.</returns>
    public static RowHash Parse(string text) => new(Part(text, 0), Part(text, 16), Part(text, 32), Part(text, 48));

    /// <summary>Compares two hashes in the ordinal order of their texts.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    /// <returns>Below 0, 0, or above 0.</returns>
    public static int Compare(RowHash left, RowHash right)
    {
        int order = left._first.CompareTo(right._first);
        order = order != 0 ? order : left._second.CompareTo(right._second);
        order = order != 0 ? order : left._third.CompareTo(right._third);
        return order != 0 ? order : left._fourth.CompareTo(right._fourth);
    }

    /// <summary>Gets the text form.</summary>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "{0:x16}{1:x16}{2:x16}{3:x16}", _first, _second, _third, _fourth);

    private static ulong Part(string text, int start) =>
        ulong.Parse(text.Substring(start, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
