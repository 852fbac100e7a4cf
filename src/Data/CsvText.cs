using System.Text;

namespace EdgeBuild.Data;

/// <summary>Writes records into a CSV file (RFC 4180), in the order of its columns.</summary>
public static class CsvText
{
    private static readonly char[] _quoted = [',', '"', '\n', '\r'];

    /// <summary>Reads the titles of the first record.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The titles; none of an empty file.</returns>
    public static IReadOnlyList<string> ReadColumns(string path)
    {
        using var lines = new Utf8LineReader(File.OpenRead(path), path);
        return [.. (new CsvRecordReader(lines, path, _ => { }).Read() ?? []).Select(field => field.Text)];
    }

    /// <summary>Writes one record.</summary>
    /// <param name="fields">The fields.</param>
    /// <returns>The record without a line end behind it.</returns>
    public static string WriteRecord(IEnumerable<string> fields)
    {
        var text = new StringBuilder();
        string separator = string.Empty;
        foreach (string field in fields)
        {
            text.Append(separator).Append(field.IndexOfAny(_quoted) >= 0 ? "\"" + field.Replace("\"", "\"\"") + "\"" : field);
            separator = ",";
        }

        return text.ToString();
    }
}
