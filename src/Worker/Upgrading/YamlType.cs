using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace EdgeBuild.Worker.Upgrading;

/// <summary>The kind that a YAML reader gives a value (core schema of YAML 1.2).</summary>
internal static partial class YamlType
{
    public const string String = "string";
    public const string Integer = "integer";
    public const string Float = "float";
    public const string Boolean = "boolean";

    /// <summary>The kind of a value; text when there is none.</summary>
    public static string Of(YamlScalarNode? value) =>
        value is { Style: ScalarStyle.Plain, Value: { } text } ? OfPlain(text) : String;

    /// <summary>Whether text without quotes is read as text and not as a number, truth value or null.</summary>
    public static bool IsText(string plain) => OfPlain(plain) == String && plain is not ("" or "~" or "null" or "Null" or "NULL");

    private static string OfPlain(string text) => text switch
    {
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => Boolean,
        _ when IntegerText().IsMatch(text) => Integer,
        _ when NumberText().IsMatch(text) => Float,
        _ => String,
    };

    [GeneratedRegex(@"^[-+]?[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex IntegerText();

    [GeneratedRegex(@"^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|0x[0-9a-fA-F]+|0o[0-7]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex NumberText();
}
