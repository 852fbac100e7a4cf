using System.Text;
using CsvHelper;

namespace EdgeBuild.Data.Tests;

[TestClass]
public sealed class CsvHelperComparisonTests
{
    [TestMethod]
    public void Random_files_read_as_CsvHelper_reads_them()
    {
        using var directory = new TemporaryDirectory();
        var random = new Random(20240711);
        for (int file = 0; file < 300; file++)
        {
            string text = RandomFile(random);
            string path = directory.Write("rows.csv", text);
            var findings = new List<Contracts.Diagnostic>();

            string[][] own = [.. DatasetReader.Read(path, "rows.csv", findings.Add).Select(row => row.Fields.Select(field => field.Text).ToArray())];
            string[][] other = ReadWithCsvHelper(text);

            Assert.IsEmpty(findings);
            Assert.HasCount(other.Length, own, $"file {file}");
            for (int row = 0; row < own.Length; row++)
            {
                CollectionAssert.AreEqual(other[row], own[row], $"file {file}, row {row}");
            }
        }
    }

    [TestMethod]
    public void Every_field_stands_where_its_position_says()
    {
        using var directory = new TemporaryDirectory();
        var random = new Random(7);
        for (int file = 0; file < 100; file++)
        {
            string text = RandomFile(random);
            int[] lineStarts = [0, .. Enumerable.Range(0, text.Length).Where(index => text[index] == '\n').Select(index => index + 1)];
            foreach (DatasetField field in DatasetReader.Read(directory.Write("rows.csv", text), "rows.csv", _ => { }).SelectMany(row => row.Fields))
            {
                int start = lineStarts[field.Position.Line - 1] + field.Position.Column - 1;
                int end = lineStarts[field.Position.EndLine - 1] + field.Position.EndColumn - 1;
                string raw = text[start..end];
                string value = raw.StartsWith('"') ? raw[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : raw;
                Assert.AreEqual(field.Text, value);
            }
        }
    }

    private static string RandomFile(Random random)
    {
        const string Alphabet = "ab ,\"\n\réß😀";
        string newLine = random.Next(2) == 0 ? "\n" : "\r\n";
        int columns = random.Next(1, 5);
        var text = new StringBuilder(string.Join(",", Enumerable.Range(0, columns).Select(column => "column" + column))).Append(newLine);
        int rows = random.Next(1, 20);
        for (int row = 0; row < rows; row++)
        {
            text.AppendJoin(',', Enumerable.Range(0, columns).Select(column => RandomField(random, Alphabet, columns == 1)));
            text.Append(row == rows - 1 && random.Next(2) == 0 ? string.Empty : newLine);
        }

        return text.ToString();
    }

    private static string RandomField(Random random, string alphabet, bool filled)
    {
        Rune[] runes = [.. alphabet.EnumerateRunes()];
        string value = string.Concat(Enumerable.Range(0, random.Next(filled ? 1 : 0, 12)).Select(_ => runes[random.Next(runes.Length)].ToString()));
        bool quoted = random.Next(3) == 0 || value.IndexOfAny([',', '"', '\n', '\r']) >= 0;
        return quoted ? "\"" + value.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : value;
    }

    private static string[][] ReadWithCsvHelper(string text)
    {
        using CsvReader reader = CsvReader.FromText(text, new CsvReaderOptions { Separator = ',' });
        var rows = new List<string[]>();
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        }

        return [.. rows];
    }
}
