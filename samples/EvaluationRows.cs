using System.Text.Json;

namespace EdgeBuild.Samples;

/// <summary>Reads the labelled rows that an app is measured on with --evaluate. All samples share this file.</summary>
internal static class EvaluationRows
{
    /// <summary>Reads a JSONL file, one row a line.</summary>
    /// <param name="file">The file.</param>
    /// <param name="columns">The columns of a row, for messages.</param>
    /// <param name="read">Reads a row; may throw what <see cref="JsonElement"/> throws, or ArgumentException for an unknown label.</param>
    /// <returns>The rows; null when the file cannot be used, which standard error says.</returns>
    public static IReadOnlyList<T>? Read<T>(string file, string columns, Func<JsonElement, T> read)
    {
        if (!File.Exists(file))
        {
            return Fail($"{file}: no such file. Give the path of a JSONL file with the columns {columns}.");
        }

        var rows = new List<T>();
        foreach ((int index, string line) in File.ReadLines(file).Index().Where(entry => !string.IsNullOrWhiteSpace(entry.Item)))
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                rows.Add(read(document.RootElement));
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
            {
                return Fail($"{file}({index + 1}): {e.Message} A row is a JSON object with the columns {columns}.");
            }
        }

        return rows.Count > 0 ? rows : Fail($"{file}: no rows. Give the path of a JSONL file with the columns {columns}.");

        static IReadOnlyList<T>? Fail(string message)
        {
            Console.Error.WriteLine(message);
            return null;
        }
    }

    /// <summary>Reads a column that holds text.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The column.</param>
    /// <returns>The text.</returns>
    public static string Text(this JsonElement row, string column) =>
        row.GetProperty(column).GetString() ?? throw new InvalidOperationException($"The column '{column}' is null.");
}
