using System.Globalization;
using System.Text;

namespace EdgeBuild.Contracts.Json;

/// <summary>A strict JSON parser (RFC 8259, no duplicate names, no comments) that keeps positions.</summary>
public sealed class JsonText
{
    private const int MaximumDepth = 64;

    private readonly string _text;
    private int _offset;
    private int _line;
    private int _lineStart;

    private JsonText(string text, int firstLine)
    {
        _text = text;
        _line = firstLine;
    }

    private SourcePosition Here => new(_line, _offset - _lineStart + 1);

    /// <summary>Parses one JSON text.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="firstLine">The number of its first line, for one line of a JSONL file.</param>
    /// <returns>The value.</returns>
    /// <exception cref="JsonSyntaxException">The text is not JSON.</exception>
    public static JsonValue Parse(string text, int firstLine = 1)
    {
        var parser = new JsonText(text, firstLine);
        if (text.Length > 0 && text[0] == '\uFEFF')
        {
            parser._offset = 1;
            parser._lineStart = 1;
        }

        parser.SkipWhitespace();
        JsonValue value = parser.ParseValue(0);
        parser.SkipWhitespace();
        if (parser._offset < text.Length)
        {
            throw parser.Error("text after the end of the value");
        }

        return value;
    }

    private JsonSyntaxException Error(string message) => new(message, Here);

    private JsonValue ParseValue(int depth)
    {
        if (depth > MaximumDepth)
        {
            throw Error($"more than {MaximumDepth} levels");
        }

        if (_offset >= _text.Length)
        {
            throw Error("the text ends where a value is expected");
        }

        switch (_text[_offset])
        {
            case '{':
                return ParseObject(depth);
            case '[':
                return ParseArray(depth);
            case '"':
                SourcePosition start = Here;
                string text = ParseString();
                return Create(JsonKind.String, text, start);
            case 't':
                return ParseLiteral("true", JsonKind.Boolean);
            case 'f':
                return ParseLiteral("false", JsonKind.Boolean);
            case 'n':
                return ParseLiteral("null", JsonKind.Null);
            default:
                return ParseNumber();
        }
    }

    private JsonValue Create(JsonKind kind, string text, SourcePosition start, IReadOnlyList<JsonValue>? items = null, IReadOnlyList<JsonProperty>? properties = null)
    {
        SourcePosition end = Here;
        return new JsonValue(kind, text, new SourcePosition(start.Line, start.Column, end.Line, end.Column), items ?? [], properties ?? []);
    }

    private JsonValue ParseObject(int depth)
    {
        SourcePosition start = Here;
        var properties = new List<JsonProperty>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        _offset++;
        SkipWhitespace();
        while (!TryTake('}'))
        {
            if (properties.Count > 0)
            {
                Expect(',', "a comma or the closing brace is expected");
                SkipWhitespace();
            }

            SourcePosition namePosition = Here;
            if (_offset >= _text.Length || _text[_offset] != '"')
            {
                throw Error("a property name in double quotes is expected");
            }

            string name = ParseString();
            namePosition = namePosition with { EndLine = Here.Line, EndColumn = Here.Column };
            if (!names.Add(name))
            {
                throw new JsonSyntaxException("the property name appears twice", namePosition);
            }

            SkipWhitespace();
            Expect(':', "a colon is expected");
            SkipWhitespace();
            properties.Add(new JsonProperty(name, namePosition, ParseValue(depth + 1)));
            SkipWhitespace();
        }

        return Create(JsonKind.Object, string.Empty, start, properties: properties);
    }

    private JsonValue ParseArray(int depth)
    {
        SourcePosition start = Here;
        var items = new List<JsonValue>();
        _offset++;
        SkipWhitespace();
        while (!TryTake(']'))
        {
            if (items.Count > 0)
            {
                Expect(',', "a comma or the closing bracket is expected");
                SkipWhitespace();
            }

            items.Add(ParseValue(depth + 1));
            SkipWhitespace();
        }

        return Create(JsonKind.Array, string.Empty, start, items);
    }

    private string ParseString()
    {
        var builder = new StringBuilder();
        _offset++;
        while (true)
        {
            if (_offset >= _text.Length)
            {
                throw Error("the string is not closed");
            }

            char c = _text[_offset];
            if (c == '"')
            {
                _offset++;
                return builder.ToString();
            }

            if (c < ' ')
            {
                throw Error("a control character inside a string must be escaped");
            }

            if (c == '\\')
            {
                builder.Append(ParseEscape());
            }
            else
            {
                builder.Append(c);
                _offset++;
            }
        }
    }

    private char ParseEscape()
    {
        if (_offset + 1 >= _text.Length)
        {
            throw Error("the string is not closed");
        }

        char c = _text[_offset + 1];
        if (c == 'u')
        {
            if (_offset + 6 > _text.Length
                || !ushort.TryParse(_text.Substring(_offset + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
            {
                throw Error("\\u needs four hexadecimal digits");
            }

            _offset += 6;
            return (char)unit;
        }

        char value = c switch
        {
            '"' or '\\' or '/' => c,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => throw Error("the escape sequence is unknown"),
        };
        _offset += 2;
        return value;
    }

    private JsonValue ParseLiteral(string literal, JsonKind kind)
    {
        SourcePosition start = Here;
        if (string.CompareOrdinal(_text, _offset, literal, 0, literal.Length) != 0)
        {
            throw Error("a value is expected: string, number, object, array, true, false or null");
        }

        _offset += literal.Length;
        return Create(kind, literal, start);
    }

    private JsonValue ParseNumber()
    {
        SourcePosition start = Here;
        int begin = _offset;
        TryTake('-');
        if (!TryTake('0') && !TakeDigits())
        {
            throw Error("a value is expected: string, number, object, array, true, false or null");
        }

        if (TryTake('.') && !TakeDigits())
        {
            throw Error("a digit is expected after the decimal point");
        }

        if (TryTake('e') || TryTake('E'))
        {
            if (!TryTake('+'))
            {
                TryTake('-');
            }

            if (!TakeDigits())
            {
                throw Error("a digit is expected in the exponent");
            }
        }

        return Create(JsonKind.Number, _text.Substring(begin, _offset - begin), start);
    }

    private bool TakeDigits()
    {
        int begin = _offset;
        while (_offset < _text.Length && _text[_offset] is >= '0' and <= '9')
        {
            _offset++;
        }

        return _offset > begin;
    }

    private bool TryTake(char c)
    {
        if (_offset < _text.Length && _text[_offset] == c)
        {
            _offset++;
            return true;
        }

        return false;
    }

    private void Expect(char c, string message)
    {
        if (!TryTake(c))
        {
            throw Error(message);
        }
    }

    private void SkipWhitespace()
    {
        while (_offset < _text.Length && _text[_offset] is ' ' or '\t' or '\r' or '\n')
        {
            if (_text[_offset] == '\n')
            {
                _line++;
                _lineStart = _offset + 1;
            }

            _offset++;
        }
    }
}
