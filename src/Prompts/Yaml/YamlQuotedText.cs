using System.Globalization;
using System.Text;

namespace EdgeBuild.Prompts.Yaml;

/// <summary>Text in single or double quotes (YAML 1.2.2, sections 5.7 and 7.3).</summary>
internal static class YamlQuotedText
{
    /// <summary>Finds the end of a quoted text.</summary>
    /// <param name="source">The line.</param>
    /// <param name="column">The place of the opening quote.</param>
    /// <returns>The column after the closing quote; -1 when there is none on this line.</returns>
    public static int FindEnd(string source, int column)
    {
        char quote = source[column];
        for (int index = column + 1; index < source.Length; index++)
        {
            if (source[index] == '\\' && quote == '"')
            {
                index++;
            }
            else if (source[index] == quote)
            {
                if (quote == '"' || index + 1 == source.Length || source[index + 1] != '\'')
                {
                    return index + 1;
                }

                index++;
            }
        }

        return -1;
    }

    /// <summary>Decodes a quoted text.</summary>
    /// <param name="text">The lines.</param>
    /// <param name="line">The line.</param>
    /// <param name="start">The column of the opening quote.</param>
    /// <param name="end">The column after the closing quote.</param>
    /// <returns>The text without quotes and escapes.</returns>
    public static string Decode(YamlText text, int line, int start, int end)
    {
        string inner = text[line].Substring(start + 1, end - start - 2);
        if (text[line][start] == '\'')
        {
            return inner.Replace("''", "'");
        }

        var value = new StringBuilder(inner.Length);
        for (int index = 0; index < inner.Length; index++)
        {
            if (inner[index] != '\\')
            {
                value.Append(inner[index]);
                continue;
            }

            index++;
            string? simple = Simple(inner[index]);
            if (simple is not null)
            {
                value.Append(simple);
                continue;
            }

            int digits = inner[index] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            string hexadecimal = inner.Substring(index + 1, Math.Min(digits, inner.Length - index - 1));
            bool valid = digits > 0
                && hexadecimal.Length == digits
                && uint.TryParse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code)
                && code <= 0x10FFFF
                && code is < 0xD800 or > 0xDFFF;
            if (!valid)
            {
                throw text.Error(
                    "This is no escape of YAML. Write '\\\\' for a backslash, or use single quotes.",
                    line,
                    start + index,
                    Math.Min(2 + hexadecimal.Length, end - start - index));
            }

            value.Append(char.ConvertFromUtf32(int.Parse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)));
            index += digits;
        }

        return value.ToString();
    }

    private static string? Simple(char escape) => escape switch
    {
        '0' => "\0",
        'a' => "\a",
        'b' => "\b",
        't' => "\t",
        'n' => "\n",
        'v' => "\v",
        'f' => "\f",
        'r' => "\r",
        'e' => "\u001b",
        ' ' => " ",
        '"' => "\"",
        '/' => "/",
        '\\' => "\\",
        'N' => "\u0085",
        '_' => "\u00a0",
        'L' => "\u2028",
        'P' => "\u2029",
        _ => null,
    };
}
