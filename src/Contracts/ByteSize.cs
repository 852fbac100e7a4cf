using System.Globalization;

namespace EdgeBuild.Contracts;

/// <summary>Sizes as people write them: <c>20GB</c>, <c>500 MB</c>, <c>1.5GB</c>; a bare number is of gigabytes. The units are decimal.</summary>
public static class ByteSize
{
    private static readonly (string Name, long Bytes)[] _units = [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1)];

    /// <summary>Reads a size.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">The size in bytes.</param>
    /// <returns>Whether the text is a size that is not negative.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        string trimmed = text.Trim();
        (string name, long unit) = _units.FirstOrDefault(candidate => trimmed.EndsWith(candidate.Name, StringComparison.OrdinalIgnoreCase));
        string number = name is null ? trimmed : trimmed.Substring(0, trimmed.Length - name.Length).TrimEnd();
        bool valid = double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value);
        double size = value * (name is null ? 1e9 : unit);
        bytes = valid && size < long.MaxValue ? (long)size : 0;
        return valid && size < long.MaxValue;
    }

    /// <summary>Writes a size with the unit that fits it.</summary>
    /// <param name="bytes">The size.</param>
    /// <returns>For example <c>1.4 GB</c>.</returns>
    public static string Format(long bytes)
    {
        (string name, long unit) = _units.First(candidate => bytes >= candidate.Bytes || candidate.Bytes == 1);
        return string.Format(CultureInfo.InvariantCulture, unit == 1 ? "{0:0} {1}" : "{0:0.0} {1}", (double)bytes / unit, name);
    }
}
