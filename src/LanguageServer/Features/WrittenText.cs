using System.Text.Json;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>A text as the files hold it.</summary>
internal static class WrittenText
{
    /// <summary>As a scalar of the front matter, in quotes where YAML would take it for something else.</summary>
    public static string Yaml(string text) =>
        text.All(c => char.IsLetterOrDigit(c) || c is '_') && text.Any(char.IsLetter) && text.ToLowerInvariant() is not ("true" or "false" or "null") ? text : Quoted(text);

    /// <summary>As a string of JSONL.</summary>
    public static string Json(string text) => Quoted(text);

    /// <summary>As a field of CSV (RFC 4180).</summary>
    public static string Csv(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : text;

    // A JSON string is a YAML string in double quotes too.
    private static string Quoted(string text) => "\"" + JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"";
}
