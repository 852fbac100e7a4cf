using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeBuild.Benchmarks;

/// <summary>A result as JSON, for <c>--json</c>.</summary>
internal static class ResultFile
{
    // The file is read by people and programs, never by a browser.
    private static readonly JsonWriterOptions _options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="verb">The verb.</param>
    /// <param name="result">The figures.</param>
    public static void Write(string path, string verb, BenchmarkResult result)
    {
        using FileStream stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, _options);
        json.WriteStartObject();
        json.WriteString("verb", verb);
        json.WriteString("time", DateTimeOffset.UtcNow);
        json.WriteString("processor", Processor.Name);
        json.WriteStartArray("features");
        foreach (string feature in Processor.Features)
        {
            json.WriteStringValue(feature);
        }

        json.WriteEndArray();
        json.WriteStartObject("gemmPeakGflops");
        foreach ((string type, double value) in result.GemmPeaks ?? new Dictionary<string, double>())
        {
            json.WriteNumber(type, value);
        }

        json.WriteEndObject();
        json.WriteStartArray("figures");
        foreach (Figure figure in result.Figures)
        {
            WriteFigure(json, figure);
        }

        json.WriteEndArray();
        json.WriteBoolean("passed", result.Passed);
        json.WriteEndObject();
    }

    /// <summary>Reads a file that another process wrote.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The figures.</returns>
    public static BenchmarkResult Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement root = document.RootElement;
        return new BenchmarkResult(
            [.. root.GetProperty("figures").EnumerateArray().Select(ReadFigure)],
            root.GetProperty("gemmPeakGflops").EnumerateObject().ToDictionary(peak => peak.Name, peak => peak.Value.GetDouble()));
    }

    private static Figure ReadFigure(JsonElement figure) => new()
    {
        Name = figure.GetProperty("name").GetString()!,
        Value = figure.GetProperty("value").GetDouble(),
        Unit = figure.GetProperty("unit").GetString()!,
        ReferenceName = figure.TryGetProperty("referenceName", out JsonElement name) ? name.GetString() : null,
        Reference = figure.TryGetProperty("reference", out JsonElement reference) ? reference.GetDouble() : null,
        Goal = figure.TryGetProperty("goal", out JsonElement goal) ? goal.GetString() : null,
        Passed = figure.TryGetProperty("passed", out JsonElement passed) ? passed.GetBoolean() : null,
    };

    private static void WriteFigure(Utf8JsonWriter json, Figure figure)
    {
        json.WriteStartObject();
        json.WriteString("name", figure.Name);
        json.WriteNumber("value", figure.Value);
        json.WriteString("unit", figure.Unit);
        if (figure.Reference is { } reference)
        {
            json.WriteString("referenceName", figure.ReferenceName);
            json.WriteNumber("reference", reference);
        }

        if (figure.Ratio is { } ratio)
        {
            json.WriteNumber("ratio", ratio);
        }

        if (figure is { Goal: { } goal, Passed: { } passed })
        {
            json.WriteString("goal", goal);
            json.WriteBoolean("passed", passed);
        }

        json.WriteEndObject();
    }
}
