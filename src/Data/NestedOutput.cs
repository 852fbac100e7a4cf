using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Json;
using EdgeBuild.Prompts;

namespace EdgeBuild.Data;

/// <summary>Reads arrays and objects of a row: JSON in a JSONL file, the text of JSON in a CSV file.</summary>
internal static class NestedOutput
{
    /// <summary>Reads the value of an output.</summary>
    /// <param name="record">The row.</param>
    /// <param name="output">The output.</param>
    /// <param name="diagnostics">Takes what is wrong.</param>
    /// <param name="text">Its compact JSON.</param>
    /// <returns>Whether it has the form that the prompt declares.</returns>
    public static bool TryRead(DatasetRecord record, PromptOutput output, FileDiagnostics diagnostics, out string text)
    {
        text = string.Empty;
        DatasetField? field = record.Find(output.Name);
        if (field is null)
        {
            diagnostics.MissingColumn(output.Name, record.Position, $"The row has no column '{output.Name}', an output of the prompt. Add it.");
            return false;
        }

        try
        {
            JsonValue value = field.Json ?? JsonText.Parse(field.Text);
            if (output.Tools.Count > 0)
            {
                text = NestedAnswer.Canonical(output, value);
                return true;
            }

            // Inside of a CSV field there are no places, only that of the field.
            string? read = new NestedValueReader((code, position, message) => diagnostics.Error(code, field.Json is null ? field.Position : position, message)).Read(output, value);
            text = read ?? string.Empty;
            return read is not null;
        }
        catch (Exception exception) when (exception is FormatException or JsonSyntaxException)
        {
            diagnostics.Error(ErrorCodes.WrongValueType, field.Position, $"The value of the output '{output.Name}' does not fit the prompt: {exception.Message}");
            return false;
        }
    }
}
