using System.Globalization;
using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Yaml;

/// <summary>A single value.</summary>
public sealed class YamlScalar : YamlNode
{
    internal YamlScalar(string text, YamlScalarStyle style, SourcePosition position)
        : base(position)
    {
        Text = text;
        Style = style;
    }

    /// <summary>Gets the decoded text.</summary>
    public string Text { get; }

    /// <summary>Gets how the value is written.</summary>
    public YamlScalarStyle Style { get; }

    /// <summary>Gets a value indicating whether this is null by the YAML 1.2 core schema.</summary>
    public bool IsNull => Style == YamlScalarStyle.Plain && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>Gets the truth value, or null when this is no Boolean by the YAML 1.2 core schema.</summary>
    public bool? BooleanValue => Style != YamlScalarStyle.Plain ? null : Text switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => null,
    };

    /// <summary>Gets the decimal integer, or null when this is none.</summary>
    public long? IntegerValue =>
        Style == YamlScalarStyle.Plain && long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>Gets the number, or null when this is no number by the YAML 1.2 core schema.</summary>
    public double? NumberValue
    {
        get
        {
            if (Style != YamlScalarStyle.Plain || Text.Length == 0)
            {
                return null;
            }

            switch (Text.TrimStart('+', '-'))
            {
                case ".inf" or ".Inf" or ".INF":
                    return Text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
                case ".nan" or ".NaN" or ".NAN":
                    return double.NaN;
            }

            if (Text.StartsWith("0x", StringComparison.Ordinal)
                && long.TryParse(Text.Substring(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hexadecimal))
            {
                return hexadecimal;
            }

            if (Text.Length > 2 && Text.StartsWith("0o", StringComparison.Ordinal) && Text.Skip(2).All(digit => digit is >= '0' and <= '7'))
            {
                return Text.Skip(2).Aggregate(0d, (value, digit) => (value * 8) + (digit - '0'));
            }

            const NumberStyles Float = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            return Text.Any(character => character is >= '0' and <= '9') && double.TryParse(Text, Float, CultureInfo.InvariantCulture, out double number) ? number : null;
        }
    }

    /// <summary>Gets a value indicating whether a YAML reader takes the value for a string and for nothing else.</summary>
    public bool IsString => Style != YamlScalarStyle.Plain || (!IsNull && BooleanValue is null && NumberValue is null);
}
