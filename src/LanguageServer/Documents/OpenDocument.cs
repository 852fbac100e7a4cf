using System.Text;
using EdgeBuild.LanguageServer.Protocol;

namespace EdgeBuild.LanguageServer.Documents;

/// <summary>
/// The text of an open document, line by line, so that an edit of a large file copies the touched lines only. Lines end with <c>\n</c>, <c>\r\n</c> or
/// <c>\r</c> and with nothing else, as the protocol has it. Positions that a client makes up are moved to the nearest real one.
/// </summary>
/// <param name="uri">The document.</param>
/// <param name="version">The client's version.</param>
/// <param name="text">The text.</param>
internal sealed class OpenDocument(string uri, int version, string text)
{
    // Every line with its line end; the last one has none.
    private readonly List<string> _lines = Split(text);

    public string Uri { get; } = uri;

    public int Version { get; private set; } = version;

    public int LineCount => _lines.Count;

    public string Text => string.Concat(_lines);

    /// <summary>Gets a line without its end.</summary>
    public string Line(int index) => index < 0 || index >= _lines.Count ? string.Empty : _lines[index].TrimEnd('\r', '\n');

    /// <summary>Keeps what the document holds now.</summary>
    public DocumentText Snapshot() => new([.. _lines]);

    /// <summary>Counts a character in a line without copying it.</summary>
    public int Count(int line, char character) => _lines[line].AsSpan().Count(character);

    public Position End => new(_lines.Count - 1, _lines[^1].Length);

    /// <summary>Applies changes in their order, each to what the one before has left.</summary>
    public void Apply(int? version, IEnumerable<ContentChange> changes)
    {
        foreach (ContentChange change in changes)
        {
            if (change.Range is { } range)
            {
                Replace(Clamp(range.Start), Clamp(range.End), change.Text);
            }
            else
            {
                _lines.Clear();
                _lines.AddRange(Split(change.Text));
            }
        }

        Version = version ?? Version;
    }

    /// <summary>Applies edits of one answer, which all mean the text as it is; for tests and for formatting on the command line.</summary>
    public static string Apply(string text, IEnumerable<TextEdit> edits)
    {
        var document = new OpenDocument(string.Empty, 0, text);
        foreach (TextEdit edit in edits.OrderByDescending(edit => edit.Range.Start))
        {
            document.Apply(null, [new ContentChange(edit.Range, edit.NewText)]);
        }

        return document.Text;
    }

    private void Replace(Position start, Position end, string text)
    {
        if (end.CompareTo(start) < 0)
        {
            (start, end) = (end, start);
        }

        // A line more on both sides: a carriage return at its end and a line feed that comes beside it are one line end.
        int first = Math.Max(start.Line - 1, 0);
        int last = Math.Min(end.Line + 1, _lines.Count - 1);
        string touched = string.Concat(_lines[first..start.Line])
            + _lines[start.Line][..start.Character] + text + _lines[end.Line][end.Character..]
            + string.Concat(_lines[(end.Line + 1)..(last + 1)]);
        List<string> lines = Split(touched);
        if (last < _lines.Count - 1)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        _lines.RemoveRange(first, last - first + 1);
        _lines.InsertRange(first, lines);
    }

    private Position Clamp(Position position)
    {
        if (position.Line < 0)
        {
            return default;
        }

        return position.Line >= _lines.Count ? End : position with { Character = Math.Clamp(position.Character, 0, Line(position.Line).Length) };
    }

    private static List<string> Split(string text)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            line.Append(text[i]);
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
            {
                lines.Add(line.ToString());
                line.Clear();
            }
        }

        lines.Add(line.ToString());
        return lines;
    }
}
