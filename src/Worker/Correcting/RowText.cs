using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeBuild.Contracts;
using EdgeBuild.Data;
using EdgeBuild.Prompts;

namespace EdgeBuild.Worker.Correcting;

/// <summary>Writes a row as a dataset file holds it.</summary>
public static class RowText
{
    private static readonly JsonSerializerOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the row as one line.</summary>
    /// <param name="path">The dataset; the columns of a CSV file are those of its first line.</param>
    /// <param name="document">The prompt.</param>
    /// <param name="values">Values by the names of inputs and outputs.</param>
    /// <returns>The line without its end.</returns>
    /// <exception cref="EdgeBuildException">EDGE1109: the file is of no known kind. EDGE1104: a value is no JSON, where the output is nested.</exception>
    public static string Write(string path, PromptDocument document, IReadOnlyDictionary<string, string> values) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".JSONL" => Json(path, document, values),
        ".CSV" => Csv(path, values),
        _ => throw new EdgeBuildException(ErrorCodes.UnsupportedDataset, "Rows can be added to .jsonl and .csv files.", path),
    };

    private static string Json(string path, PromptDocument document, IReadOnlyDictionary<string, string> values)
    {
        var row = new JsonObject();
        foreach (PromptInput input in document.Inputs.Where(input => values.ContainsKey(input.Name)))
        {
            row[input.Name] = values[input.Name];
        }

        foreach (PromptOutput output in document.Outputs.Where(output => values.ContainsKey(output.Name)))
        {
            string value = values[output.Name];
            try
            {
                row[output.Name] = output.Kind == PromptValueKind.String ? value : JsonNode.Parse(value);
            }
            catch (JsonException exception)
            {
                throw new EdgeBuildException(
                    ErrorCodes.WrongValueType, $"The value of '{output.Name}' is no JSON: {exception.Message} Give a number, true, false, an array or an object.", path, innerException: exception);
            }
        }

        return row.ToJsonString(_options);
    }

    private static string Csv(string path, IReadOnlyDictionary<string, string> values) =>
        CsvText.WriteRecord(CsvText.ReadColumns(path).Select(column => values.GetValueOrDefault(column, string.Empty)));
}
