using System.Globalization;
using System.Text;
using EdgeBuild.Contracts.Json;

namespace EdgeBuild.Prompts;

/// <summary>How values are written in prompts and answers, and read back.</summary>
public static class AnswerText
{
    /// <summary>The text of true.</summary>
    public const string True = "true";

    /// <summary>The text of false.</summary>
    public const string False = "false";

    /// <summary>Writes a Boolean.</summary>
    /// <param name="value">The value.</param>
    /// <returns><c>true</c> or <c>false</c>.</returns>
    public static string Format(bool value) => value ? True : False;

    /// <summary>Writes an integer.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Decimal digits with a leading minus where it is negative.</returns>
    public static string Format(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes a number.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The shortest invariant text that reads back as the same number.</returns>
    public static string Format(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Reads a Boolean.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether the text is exactly <c>true</c> or <c>false</c>.</returns>
    public static bool TryParse(string text, out bool value)
    {
        value = text == True;
        return value || text == False;
    }

    /// <summary>Reads an integer.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether the text is an invariant integer.</returns>
    public static bool TryParse(string text, out long value) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>Reads a number.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether the text is an invariant number.</returns>
    public static bool TryParse(string text, out double value) => double.TryParse(
        text,
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
        CultureInfo.InvariantCulture,
        out value);

    /// <summary>The text of a value in its place in the answer: as it is when it is the whole answer, JSON-escaped between quotes.</summary>
    /// <param name="document">The prompt.</param>
    /// <param name="output">The index of the output.</param>
    /// <param name="value">The value, for example a label.</param>
    /// <returns>The text of the Output segment.</returns>
    public static string ToSegment(PromptDocument document, int output, string value) =>
        IsEscaped(document, output) ? EscapeJson(value) : value;

    /// <summary>The inverse of <see cref="ToSegment"/>.</summary>
    /// <param name="document">The prompt.</param>
    /// <param name="output">The index of the output.</param>
    /// <param name="text">The text of the Output segment.</param>
    /// <returns>The value.</returns>
    /// <exception cref="FormatException">The text has a broken escape.</exception>
    public static string FromSegment(PromptDocument document, int output, string text) =>
        IsEscaped(document, output) ? UnescapeJson(text) : text;

    /// <summary>Escapes text so that it may stand between the quotes of a JSON string (RFC 8259, section 7), with as few escapes as possible.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The escaped text, without quotes.</returns>
    public static string EscapeJson(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char character in text)
        {
            switch (character)
            {
                case '"':
                    escaped.Append("\\\"");
                    break;
                case '\\':
                    escaped.Append("\\\\");
                    break;
                case '\n':
                    escaped.Append("\\n");
                    break;
                case '\r':
                    escaped.Append("\\r");
                    break;
                case '\t':
                    escaped.Append("\\t");
                    break;
                case < ' ':
                    escaped.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
                    break;
                default:
                    escaped.Append(character);
                    break;
            }
        }

        return escaped.ToString();
    }

    /// <summary>The inverse of <see cref="EscapeJson"/>; reads any valid JSON escape.</summary>
    /// <param name="text">The text between the quotes of a JSON string.</param>
    /// <returns>The text.</returns>
    /// <exception cref="FormatException">The text has a broken escape.</exception>
    public static string UnescapeJson(string text)
    {
        try
        {
            return JsonText.Parse("\"" + text + "\"").Text;
        }
        catch (JsonSyntaxException exception)
        {
            throw new FormatException(exception.Message, exception);
        }
    }

    private static bool IsEscaped(PromptDocument document, int output) =>
        document.Outputs.Count > 1 && document.Outputs[output].Kind == PromptValueKind.String;
}
