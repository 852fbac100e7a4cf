using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Data;

namespace EdgeBuild.Benchmarks;

/// <summary>Rows of a folder with train.csv and test.csv (text, category), such as BANKING77.</summary>
internal static class IntentRows
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its rows in order.</returns>
    public static IEnumerable<(string Text, string Category)> Read(string path)
    {
        void Fail(Diagnostic finding) => throw new EdgeBuildException(finding.Code, finding.Message, finding.Path, finding.Position);
        foreach (DatasetRecord record in DatasetReader.Read(path, path, Fail))
        {
            if (record.Find("text") is not { } text || record.Find("category") is not { } category)
            {
                throw new EdgeBuildException(ErrorCodes.MissingColumn, "The file needs the columns text and category.", path, record.Position);
            }

            yield return (text.Text, category.Text);
        }
    }

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">The rows.</param>
    /// <returns>The path.</returns>
    public static string Write(string path, IEnumerable<(string Text, string Category)> rows)
    {
        static string Quote(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        File.WriteAllText(path, "text,category\n" + string.Concat(rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"{Quote(row.Text)},{Quote(row.Category)}\n"))));
        return path;
    }
}
