using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Yaml;

/// <summary>The lines of the front matter and what all parts of the parser need to know of them.</summary>
internal sealed class YamlText
{
    private readonly string[] _lines;
    private readonly int _firstLine;

    /// <param name="lines">The lines, without line ends.</param>
    /// <param name="firstLine">The number of the first one in its file.</param>
    public YamlText(string[] lines, int firstLine)
    {
        _lines = lines;
        _firstLine = firstLine;
    }

    /// <summary>Gets the number of lines.</summary>
    public int Count => _lines.Length;

    /// <summary>Gets a line by its index from 0.</summary>
    public string this[int line] => _lines[line];

    /// <summary>The position of a range of one line.</summary>
    public SourcePosition At(int line, int column, int length = 1) =>
        new(_firstLine + line, column + 1, _firstLine + line, column + length + 1);

    /// <summary>The position from one place to another.</summary>
    public SourcePosition Range(int line, int column, int endLine, int endColumn) =>
        new(_firstLine + line, column + 1, _firstLine + endLine, endColumn + 1);

    /// <summary>The error of a place, under EDGE1001.</summary>
    public YamlSyntaxException Error(string message, int line, int column, int length = 1) =>
        new(ErrorCodes.InvalidFrontMatter, message, At(line, column, length));

    /// <summary>Finds the next line that holds more than a comment; the number of lines when there is none.</summary>
    public int SkipEmpty(int line)
    {
        while (line < _lines.Length)
        {
            string text = _lines[line];
            int column = 0;
            while (column < text.Length && text[column] is ' ' or '\t')
            {
                column++;
            }

            if (column < text.Length && text[column] != '#')
            {
                break;
            }

            line++;
        }

        return line;
    }

    /// <summary>The column of the first character of a line that is not a space.</summary>
    public int Indentation(int line)
    {
        string text = _lines[line];
        int column = 0;
        while (column < text.Length && text[column] == ' ')
        {
            column++;
        }

        if (column < text.Length && text[column] == '\t')
        {
            throw Error("A tab indents this line, and YAML allows only spaces. Replace the tab by spaces.", line, column);
        }

        return column;
    }

    /// <summary>Skips the spaces of a line.</summary>
    public int SkipSpaces(int line, int column)
    {
        string text = _lines[line];
        while (column < text.Length && text[column] == ' ')
        {
            column++;
        }

        if (column < text.Length && text[column] == '\t')
        {
            throw Error("A tab stands where YAML needs a space. Replace the tab by a space.", line, column);
        }

        return column;
    }

    /// <summary>Whether a line has nothing but a comment from that column on.</summary>
    public bool IsEnd(int line, int column) =>
        column >= _lines[line].Length || (_lines[line][column] == '#' && (column == 0 || _lines[line][column - 1] == ' '));
}
