using System.Text.Json;
using EdgeBuild.Contracts;

namespace EdgeBuild.LanguageServer.Linting;

/// <summary>Findings as SARIF 2.1.0 (OASIS), which code hosts show beside the lines of a change.</summary>
public static class SarifLog
{
    /// <summary>Writes findings.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="findings">The findings.</param>
    public static void Write(Stream stream, IReadOnlyList<Diagnostic> findings)
    {
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("version", "2.1.0");
        writer.WriteStartArray("runs");
        writer.WriteStartObject();
        writer.WriteStartObject("tool");
        writer.WriteStartObject("driver");
        writer.WriteString("name", "EdgeBuild");
        writer.WriteStartArray("rules");
        foreach (string code in findings.Select(finding => finding.Code).Distinct().Order(StringComparer.Ordinal))
        {
            writer.WriteStartObject();
            writer.WriteString("id", code);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteString("columnKind", "utf16CodeUnits");
        writer.WriteStartArray("results");
        foreach (Diagnostic finding in findings)
        {
            WriteResult(writer, finding);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter writer, Diagnostic finding)
    {
        writer.WriteStartObject();
        writer.WriteString("ruleId", finding.Code);
        writer.WriteString("level", finding.IsError ? "error" : "warning");
        writer.WriteStartObject("message");
        writer.WriteString("text", finding.Message);
        writer.WriteEndObject();
        writer.WriteStartArray("locations");
        writer.WriteStartObject();
        writer.WriteStartObject("physicalLocation");
        writer.WriteStartObject("artifactLocation");
        writer.WriteString("uri", string.Join('/', finding.Path.Replace('\\', '/').Split('/').Select(Uri.EscapeDataString)));
        writer.WriteEndObject();
        if (finding.Position.Line > 0)
        {
            writer.WriteStartObject("region");
            writer.WriteNumber("startLine", finding.Position.Line);
            writer.WriteNumber("startColumn", Math.Max(1, finding.Position.Column));
            if (finding.Position.EndLine > 0)
            {
                writer.WriteNumber("endLine", finding.Position.EndLine);
                writer.WriteNumber("endColumn", Math.Max(1, finding.Position.EndColumn));
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
