using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Json;

namespace EdgeBuild.Data;

/// <summary>
/// The one reader of dataset files: JSONL (<c>.jsonl</c>, <c>.ndjson</c>) and CSV with a header line (<c>.csv</c>), UTF-8 with or without
/// byte order mark. Rows are read one at a time, so a file may be larger than memory.
/// </summary>
public static class DatasetReader
{
    /// <summary>Reads the rows of a file. Malformed rows are reported once each and left out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="displayPath">Its name in diagnostics.</param>
    /// <param name="report">Receives EDGE1101, EDGE1102 and EDGE1109. Bytes that are not UTF-8 end the reading.</param>
    /// <param name="open">Opens a file; null for the file system. An editor's text may be newer than the file.</param>
    /// <returns>The rows in the order of the file.</returns>
    /// <exception cref="EdgeBuildException">EDGE0004: the file does not exist. EDGE1109: the file type is not supported.</exception>
    public static IEnumerable<DatasetRecord> Read(string path, string displayPath, Action<Diagnostic> report, Func<string, Stream>? open = null)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        if (extension is not (".jsonl" or ".ndjson" or ".csv"))
        {
            throw new EdgeBuildException(
                ErrorCodes.UnsupportedDataset,
                $"The file type '{extension}' is not supported. Use JSONL (.jsonl, one JSON object a line) or CSV (.csv, with a header line).",
                displayPath);
        }

        if (open is null && !File.Exists(path))
        {
            throw new EdgeBuildException(ErrorCodes.FileNotFound, "The dataset file does not exist.", displayPath);
        }

        open ??= OpenFile;
        return extension == ".csv" ? ReadCsv(open, path, displayPath, report) : ReadJsonLines(open, path, displayPath, report);
    }

    private static FileStream OpenFile(string path) => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1);

    private static IEnumerable<DatasetRecord> ReadJsonLines(Func<string, Stream> open, string path, string displayPath, Action<Diagnostic> report)
    {
        using var lines = new Utf8LineReader(open(path), displayPath);
        while (Attempt(lines.Read, report, out TextLine? next) && next is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line.Text) && ParseLine(line, displayPath, report) is { } record)
            {
                yield return record;
            }
        }
    }

    private static DatasetRecord? ParseLine(TextLine line, string displayPath, Action<Diagnostic> report)
    {
        try
        {
            JsonValue value = JsonText.Parse(line.Text, line.Number);
            if (value.Kind != JsonKind.Object)
            {
                throw new JsonSyntaxException("a line holds one row, which is an object: { \"column\": value, ... }", value.Position);
            }

            return new DatasetRecord(
                value.Position,
                [.. value.Properties.Select(property => new DatasetField(property.Name, property.Value.Text, property.Value.Position, property.Value, property.NamePosition))]);
        }
        catch (JsonSyntaxException exception)
        {
            report(new Diagnostic(
                ErrorCodes.InvalidJson, DiagnosticSeverity.Error, displayPath, exception.Position, $"The row is not valid JSON: {exception.Message}."));
            return null;
        }
    }

    private static IEnumerable<DatasetRecord> ReadCsv(Func<string, Stream> open, string path, string displayPath, Action<Diagnostic> report)
    {
        using var lines = new Utf8LineReader(open(path), displayPath);
        var reader = new CsvRecordReader(lines, displayPath, report);
        if (!Attempt(reader.Read, report, out IReadOnlyList<CsvField>? header) || header is null || !HeaderIsValid(header, displayPath, report))
        {
            yield break;
        }

        while (Attempt(reader.Read, report, out IReadOnlyList<CsvField>? fields) && fields is not null)
        {
            SourcePosition position = fields[0].Position with { EndLine = fields[^1].Position.EndLine, EndColumn = fields[^1].Position.EndColumn };
            if (fields.Count != header.Count)
            {
                report(new Diagnostic(
                    ErrorCodes.InvalidCsv,
                    DiagnosticSeverity.Error,
                    displayPath,
                    position,
                    $"The row has {fields.Count} fields, the header has {header.Count}. Enclose fields that hold commas in double quotes."));
                continue;
            }

            yield return new DatasetRecord(
                position, [.. fields.Select((field, index) => new DatasetField(header[index].Text, field.Text, field.Position, null, header[index].Position))]);
        }
    }

    private static bool HeaderIsValid(IReadOnlyList<CsvField> header, string displayPath, Action<Diagnostic> report)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (CsvField field in header)
        {
            if (!names.Add(field.Text))
            {
                report(new Diagnostic(
                    ErrorCodes.InvalidCsv, DiagnosticSeverity.Error, displayPath, field.Position, $"The header has the column '{field.Text}' twice."));
                return false;
            }
        }

        return true;
    }

    private static bool Attempt<T>(Func<T> read, Action<Diagnostic> report, out T? result)
    {
        try
        {
            result = read();
            return true;
        }
        catch (EdgeBuildException exception)
        {
            report(exception.ToDiagnostic());
            result = default;
            return false;
        }
    }
}
