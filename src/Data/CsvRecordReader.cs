using System.Text;
using EdgeBuild.Contracts;

namespace EdgeBuild.Data;

/// <summary>
/// Reads the records of a CSV file as RFC 4180 describes them: commas, double quotes, quotes doubled inside quotes, line ends allowed inside
/// quotes. It is not a library since none tells the column of a field, and every finding of the validator names one.
/// </summary>
/// <param name="lines">The lines of the file.</param>
/// <param name="displayPath">The file's name in diagnostics.</param>
/// <param name="report">Receives EDGE1102.</param>
internal sealed class CsvRecordReader(Utf8LineReader lines, string displayPath, Action<Diagnostic> report)
{
    private readonly StringBuilder _text = new();
    private TextLine _line;
    private int _offset;

    /// <summary>Reads the next record; blank lines are skipped, and so is a malformed record after it has been reported.</summary>
    /// <returns>The fields, or null at the end of the file.</returns>
    public IReadOnlyList<CsvField>? Read()
    {
        while (lines.Read() is { } line)
        {
            if (line.Text.Length == 0)
            {
                continue;
            }

            _line = line;
            _offset = 0;
            if (ReadFields() is { } fields)
            {
                return fields;
            }
        }

        return null;
    }

    private List<CsvField>? ReadFields()
    {
        var fields = new List<CsvField>();
        while (true)
        {
            CsvField? field = _offset < _line.Text.Length && _line.Text[_offset] == '"' ? ReadQuoted() : ReadPlain();
            if (field is null)
            {
                return null;
            }

            fields.Add(field.Value);
            if (_offset == _line.Text.Length)
            {
                return fields;
            }

            _offset++;
        }
    }

    private CsvField? ReadPlain()
    {
        int start = _offset;
        while (_offset < _line.Text.Length && _line.Text[_offset] != ',')
        {
            if (_line.Text[_offset] == '"')
            {
                return Malformed(Here, "A double quote stands inside a field that does not start with one. Enclose the whole field in double quotes and double the quotes inside it.");
            }

            _offset++;
        }

        return new CsvField(_line.Text.Substring(start, _offset - start), new SourcePosition(_line.Number, start + 1, _line.Number, _offset + 1));
    }

    private CsvField? ReadQuoted()
    {
        SourcePosition start = Here;
        _text.Clear();
        _offset++;
        while (true)
        {
            int quote = _line.Text.IndexOf('"', _offset);
            if (quote < 0)
            {
                _text.Append(_line.Text, _offset, _line.Text.Length - _offset).Append(_line.LineEnd);
                if (lines.Read() is not { } next)
                {
                    return Malformed(start, "The double quote that opens this field is never closed.");
                }

                _line = next;
                _offset = 0;
                continue;
            }

            _text.Append(_line.Text, _offset, quote - _offset);
            _offset = quote + 1;
            if (_offset == _line.Text.Length || _line.Text[_offset] == ',')
            {
                return new CsvField(_text.ToString(), start with { EndLine = _line.Number, EndColumn = _offset + 1 });
            }

            if (_line.Text[_offset] != '"')
            {
                return Malformed(Here, "Text follows the closing double quote of a field. Put a comma there, or double the quotes that belong to the text.");
            }

            _text.Append('"');
            _offset++;
        }
    }

    private SourcePosition Here => new(_line.Number, _offset + 1);

    private CsvField? Malformed(SourcePosition position, string message)
    {
        report(new Diagnostic(ErrorCodes.InvalidCsv, DiagnosticSeverity.Error, displayPath, position, message));
        return null;
    }
}
