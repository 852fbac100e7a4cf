using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Yaml;

/// <summary>
/// Reads the subset of YAML 1.2 that prompt files may use: block mappings, block lists, plain and quoted scalars on one line,
/// block scalars, and lists of scalars in brackets. Everything else of YAML is refused with its place, never read differently.
/// </summary>
internal sealed class YamlParser
{
    private const int MaximumDepth = 16;

    private readonly YamlText _text;
    private readonly YamlScalarReader _scalars;
    private int _line;
    private int _depth;

    private YamlParser(YamlText text)
    {
        _text = text;
        _scalars = new YamlScalarReader(text);
    }

    /// <summary>Parses the lines of a front matter.</summary>
    /// <param name="lines">The lines between the delimiters.</param>
    /// <param name="firstLine">The number of the first of them in the file.</param>
    /// <returns>The mapping that the lines hold; empty when they are empty.</returns>
    /// <exception cref="YamlSyntaxException">The lines are outside of the subset.</exception>
    public static YamlMapping Parse(string[] lines, int firstLine)
    {
        var text = new YamlText(lines, firstLine);
        RefuseControlCharacters(text);
        var parser = new YamlParser(text);
        parser._line = text.SkipEmpty(0);
        if (parser._line == text.Count)
        {
            return new YamlMapping([], text.At(0, 0, 0));
        }

        int column = text.Indentation(parser._line);
        if (column > 0)
        {
            throw text.Error("The first key is indented. Start the keys of the front matter in column 1.", parser._line, 0, column);
        }

        if (parser.IsListItem(parser._line, column))
        {
            throw text.Error("The front matter is a list, but keys such as 'name:' are needed.", parser._line, column);
        }

        YamlMapping root = parser.ParseMapping(0);
        parser._line = text.SkipEmpty(parser._line);
        return parser._line == text.Count
            ? root
            : throw text.Error("This line is indented less than the keys above it.", parser._line, 0, text[parser._line].Length);
    }

    private static void RefuseControlCharacters(YamlText text)
    {
        for (int line = 0; line < text.Count; line++)
        {
            for (int column = 0; column < text[line].Length; column++)
            {
                if (text[line][column] is (< ' ' and not '\t') or '\u007f')
                {
                    throw text.Error("A control character stands here. Remove it, or write it as an escape such as \"\\u0007\" in double quotes.", line, column);
                }
            }
        }
    }

    private bool IsListItem(int line, int column)
    {
        string text = _text[line];
        return text[column] == '-' && (column + 1 == text.Length || text[column + 1] is ' ' or '\t');
    }

    private YamlMapping ParseMapping(int indentation, bool inline = false)
    {
        Enter(indentation);
        var entries = new List<YamlEntry>();
        var keys = new Dictionary<string, YamlScalar>(StringComparer.Ordinal);
        (int startLine, int startColumn) = (_line, indentation);
        while (inline || MoveToSibling(indentation, "key"))
        {
            inline = false;
            if (IsListItem(_line, indentation))
            {
                throw _text.Error("A list item stands among keys. Indent the list below its key, or remove the '-'.", _line, indentation);
            }

            YamlScalar key = _scalars.ReadKey(_line, indentation, out int column);
            if (keys.TryGetValue(key.Text, out YamlScalar? first))
            {
                throw new YamlSyntaxException(
                    ErrorCodes.DuplicateName,
                    $"The key '{key.Text}' stands here a second time, first in line {first.Position.Line}. Remove one of the two.",
                    key.Position);
            }

            keys.Add(key.Text, key);
            entries.Add(new YamlEntry(key, ParseValue(indentation, column, allowListAtIndentation: true)));
        }

        _depth--;
        return new YamlMapping(entries, EndOf(startLine, startColumn, entries.Count == 0 ? null : entries[entries.Count - 1].Value));
    }

    private YamlSequence ParseSequence(int indentation, bool inline = false)
    {
        Enter(indentation);
        var items = new List<YamlNode>();
        (int startLine, int startColumn) = (_line, indentation);
        while (inline || (NextIsListItem(indentation) && MoveToSibling(indentation, "list item")))
        {
            inline = false;
            int column = _text.SkipSpaces(_line, indentation + 1);
            if (_text.IsEnd(_line, column))
            {
                items.Add(ParseValue(indentation, column, allowListAtIndentation: false));
            }
            else if (IsListItem(_line, column))
            {
                items.Add(ParseSequence(column, inline: true));
            }
            else if (_scalars.IsKey(_line, column))
            {
                items.Add(ParseMapping(column, inline: true));
            }
            else
            {
                items.Add(ParseValue(indentation, column, allowListAtIndentation: false));
            }
        }

        _depth--;
        return new YamlSequence(items, EndOf(startLine, startColumn, items.Count == 0 ? null : items[items.Count - 1]));
    }

    private YamlNode ParseValue(int indentation, int column, bool allowListAtIndentation)
    {
        column = _text.SkipSpaces(_line, column);
        if (!_text.IsEnd(_line, column))
        {
            YamlNode value = _text[_line][column] switch
            {
                '|' or '>' => YamlBlockScalar.Read(_text, ref _line, column, indentation),
                '[' => ReadOnThisLine(_scalars.ReadFlowList(_line, column)),
                _ => ReadOnThisLine(_scalars.ReadScalar(_line, column)),
            };
            int next = _text.SkipEmpty(_line);
            return next == _text.Count || _text.Indentation(next) <= indentation
                ? value
                : throw _text.Error(
                    "This line is indented like a part of the value above, which ends on its own line. Write long text as a '|' or '>' block, or correct the indentation.",
                    next,
                    0,
                    _text.Indentation(next));
        }

        int emptyLine = _line;
        int end = Math.Min(column, _text[_line].Length);
        _line = _text.SkipEmpty(_line + 1);
        if (_line < _text.Count)
        {
            int nested = _text.Indentation(_line);
            bool isList = IsListItem(_line, nested);
            if (nested > indentation || (allowListAtIndentation && isList && nested == indentation))
            {
                return isList ? ParseSequence(nested) : ParseMapping(nested);
            }
        }

        return new YamlScalar(string.Empty, YamlScalarStyle.Plain, _text.At(emptyLine, end, 0));
    }

    private YamlNode ReadOnThisLine(YamlNode value)
    {
        _line++;
        return value;
    }

    private bool NextIsListItem(int indentation)
    {
        int next = _text.SkipEmpty(_line);
        return next < _text.Count && (_text.Indentation(next) != indentation || IsListItem(next, indentation));
    }

    private bool MoveToSibling(int indentation, string sibling)
    {
        _line = _text.SkipEmpty(_line);
        if (_line == _text.Count)
        {
            return false;
        }

        int column = _text.Indentation(_line);
        return column <= indentation
            ? column == indentation
            : throw _text.Error($"This line is indented further than the {sibling} it belongs to. Align it with the others.", _line, 0, column);
    }

    private void Enter(int indentation)
    {
        if (++_depth > MaximumDepth)
        {
            throw _text.Error($"The front matter has more than {MaximumDepth} levels.", _line, indentation);
        }
    }

    private SourcePosition EndOf(int startLine, int startColumn, YamlNode? last)
    {
        SourcePosition start = _text.At(startLine, startColumn, 0);
        return last is null ? start : start with { EndLine = last.Position.EndLine, EndColumn = last.Position.EndColumn };
    }
}
