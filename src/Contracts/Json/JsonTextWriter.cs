using System.Globalization;
using System.Text;

namespace EdgeBuild.Contracts.Json;

/// <summary>
/// Writes JSON with one member a line down to a chosen depth and compact below it, so that source-controlled files merge by line.
/// </summary>
public sealed class JsonTextWriter
{
    private readonly StringBuilder _text = new();
    private readonly int _indentedDepth;
    private int _depth;
    private bool _first = true;

    /// <summary>Initializes a new instance of the <see cref="JsonTextWriter"/> class.</summary>
    /// <param name="indentedDepth">Members of containers up to this depth stand on lines of their own.</param>
    public JsonTextWriter(int indentedDepth) => _indentedDepth = indentedDepth;

    /// <summary>Starts an object as the root, an array item, or a member.</summary>
    /// <param name="name">The member's name inside an object.</param>
    /// <returns>This instance.</returns>
    public JsonTextWriter BeginObject(string? name = null) => Begin('{', name);

    /// <summary>Ends the object.</summary>
    /// <returns>This instance.</returns>
    public JsonTextWriter EndObject() => End('}');

    /// <summary>Starts an array.</summary>
    /// <param name="name">The member's name inside an object.</param>
    /// <returns>This instance.</returns>
    public JsonTextWriter BeginArray(string? name = null) => Begin('[', name);

    /// <summary>Ends the array.</summary>
    /// <returns>This instance.</returns>
    public JsonTextWriter EndArray() => End(']');

    /// <summary>Writes a string, or null.</summary>
    /// <param name="name">The member's name, or null inside an array.</param>
    /// <param name="value">The value.</param>
    /// <returns>This instance.</returns>
    public JsonTextWriter String(string? name, string? value) => Literal(name, value is null ? "null" : Quote(value));

    /// <summary>Writes a number with as many digits as it takes to read the same number back.</summary>
    /// <param name="name">The member's name, or null inside an array.</param>
    /// <param name="value">A finite number.</param>
    /// <returns>This instance.</returns>
    public JsonTextWriter Number(string? name, double value) => Literal(name, value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>Writes a Boolean.</summary>
    /// <param name="name">The member's name, or null inside an array.</param>
    /// <param name="value">The value.</param>
    /// <returns>This instance.</returns>
    public JsonTextWriter Boolean(string? name, bool value) => Literal(name, value ? "true" : "false");

    /// <summary>Writes an array of strings.</summary>
    /// <param name="name">The member's name.</param>
    /// <param name="values">The strings.</param>
    /// <returns>This instance.</returns>
    public JsonTextWriter Strings(string? name, IEnumerable<string> values)
    {
        BeginArray(name);
        foreach (string value in values)
        {
            String(null, value);
        }

        return EndArray();
    }

    /// <summary>Copies a value that was read.</summary>
    /// <param name="name">The member's name, or null inside an array.</param>
    /// <param name="value">The value.</param>
    /// <returns>This instance.</returns>
    public JsonTextWriter Value(string? name, JsonValue value)
    {
        switch (value.Kind)
        {
            case JsonKind.Object:
                BeginObject(name);
                foreach (JsonProperty property in value.Properties)
                {
                    Value(property.Name, property.Value);
                }

                return EndObject();
            case JsonKind.Array:
                BeginArray(name);
                foreach (JsonValue item in value.Items)
                {
                    Value(null, item);
                }

                return EndArray();
            case JsonKind.String:
                return String(name, value.Text);
            default:
                return Literal(name, value.Text);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _text + "\n";

    private static string Quote(string value)
    {
        var text = new StringBuilder("\"", value.Length + 2);
        foreach (char c in value)
        {
            string? escape = c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ => null,
            };
            if (escape is not null)
            {
                text.Append(escape);
            }
            else if (c < ' ' || char.IsSurrogate(c))
            {
                text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                text.Append(c);
            }
        }

        return text.Append('"').ToString();
    }

    private JsonTextWriter Begin(char bracket, string? name)
    {
        Separate(name);
        _text.Append(bracket);
        _depth++;
        _first = true;
        return this;
    }

    private JsonTextWriter End(char bracket)
    {
        bool empty = _first;
        _depth--;
        if (!empty)
        {
            if (_depth < _indentedDepth)
            {
                NewLine();
            }
            else if (bracket == '}')
            {
                _text.Append(' ');
            }
        }

        _text.Append(bracket);
        _first = false;
        return this;
    }

    private JsonTextWriter Literal(string? name, string literal)
    {
        Separate(name);
        _text.Append(literal);
        return this;
    }

    private void Separate(string? name)
    {
        if (_depth > 0)
        {
            if (!_first)
            {
                _text.Append(',');
            }

            if (_depth <= _indentedDepth)
            {
                NewLine();
            }
            else if (!_first || name is not null)
            {
                _text.Append(' ');
            }
        }

        _first = false;
        if (name is not null)
        {
            _text.Append(Quote(name)).Append(": ");
        }
    }

    private void NewLine() => _text.Append('\n').Append(' ', _depth * 2);
}
