using System.Globalization;

namespace EdgeBuild.Contracts.Json;

/// <summary>
/// One JSON value with its place in the text. Only values that people write by hand need positions, so the usual library is
/// used everywhere else; it is also not available inside a source generator.
/// </summary>
public sealed class JsonValue
{
    private readonly string _text;

    internal JsonValue(JsonKind kind, string text, SourcePosition position, IReadOnlyList<JsonValue> items, IReadOnlyList<JsonProperty> properties)
    {
        Kind = kind;
        _text = text;
        Position = position;
        Items = items;
        Properties = properties;
    }

    /// <summary>Gets the kind.</summary>
    public JsonKind Kind { get; }

    /// <summary>Gets the first and last place of the value in its text.</summary>
    public SourcePosition Position { get; }

    /// <summary>Gets the items of an array; empty for other kinds.</summary>
    public IReadOnlyList<JsonValue> Items { get; }

    /// <summary>Gets the properties of an object in the order of the text; empty for other kinds.</summary>
    public IReadOnlyList<JsonProperty> Properties { get; }

    /// <summary>Gets the decoded string, the literal text of a number, <c>true</c>, <c>false</c> or <c>null</c>.</summary>
    public string Text => _text;

    /// <summary>Gets the property of that name, or null.</summary>
    /// <param name="name">The exact name.</param>
    public JsonValue? this[string name]
    {
        get
        {
            foreach (JsonProperty property in Properties)
            {
                if (string.Equals(property.Name, name, StringComparison.Ordinal))
                {
                    return property.Value;
                }
            }

            return null;
        }
    }

    /// <summary>Gets the string of a property.</summary>
    /// <param name="name">The property.</param>
    /// <returns>The string; null when the property is absent or no string.</returns>
    public string? GetString(string name) => this[name] is { Kind: JsonKind.String } value ? value.Text : null;

    /// <summary>Gets the number of a property.</summary>
    /// <param name="name">The property.</param>
    /// <returns>The number; null when the property is absent or no number.</returns>
    public double? GetNumber(string name) =>
        this[name] is { Kind: JsonKind.Number } value ? double.Parse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture) : null;

    /// <summary>Gets the truth value of a property.</summary>
    /// <param name="name">The property.</param>
    /// <returns>The value; null when the property is absent or no Boolean.</returns>
    public bool? GetBoolean(string name) => this[name] is { Kind: JsonKind.Boolean } value ? value.Text == "true" : null;

    /// <summary>Gets the strings of an array property.</summary>
    /// <param name="name">The property.</param>
    /// <returns>The strings; empty when the property is absent or no array.</returns>
    public IReadOnlyList<string> GetStrings(string name) => this[name] is { Kind: JsonKind.Array } value ? [.. value.Items.Select(item => item.Text)] : [];
}
