using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace EdgeBuild.Generators.Writing;

/// <summary>Makes text of prompt files safe inside of code and documentation.</summary>
internal static class CodeText
{
    /// <summary>A C# string literal on one line.</summary>
    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>Text for one line of an XML documentation comment.</summary>
    public static string Xml(string text)
    {
        var result = new StringBuilder(text.Length);
        for (int index = 0; index < text.Length; index++)
        {
            char character = text[index];
            switch (character)
            {
                case '&':
                    result.Append("&amp;");
                    break;
                case '<':
                    result.Append("&lt;");
                    break;
                case '>':
                    result.Append("&gt;");
                    break;
                case '\n' or '\r' or '\t' or '\u0085' or '\u2028' or '\u2029':
                    result.Append(' ');
                    break;
                default:
                    if (char.IsHighSurrogate(character) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
                    {
                        result.Append(character).Append(text[++index]);
                    }
                    else
                    {
                        // XML 1.0 has no place for control characters and halves of surrogate pairs.
                        bool valid = character >= ' ' && !char.IsSurrogate(character) && character < '\uFFFE';
                        result.Append(valid ? character : '\uFFFD');
                    }

                    break;
            }
        }

        return result.ToString();
    }

    /// <summary>Text in code font.</summary>
    public static string Code(string text) => $"<c>{Xml(text)}</c>";

    /// <summary>A description of one line that ends with a full stop.</summary>
    public static string Sentence(string text)
    {
        string trimmed = Xml(text).Trim();
        return trimmed.Length == 0 || trimmed[trimmed.Length - 1] is '.' or '!' or '?' or ':' or '。' ? trimmed : trimmed + ".";
    }

    /// <summary>A share as a percentage.</summary>
    public static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>Whether a text can stand in a raw string literal and keeps every character there.</summary>
    public static bool CanBeRaw(string text) =>
        text.Length > 0
        && text.All(character => character == '\n' || (!char.IsControl(character) && !char.IsSurrogate(character) && character is not ('\u2028' or '\u2029' or '\uFEFF')));

    /// <summary>The quotes that enclose a raw string literal of that text.</summary>
    public static string RawQuotes(string text)
    {
        int longest = 2;
        int run = 0;
        foreach (char character in text)
        {
            run = character == '"' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return new string('"', longest + 1);
    }
}
