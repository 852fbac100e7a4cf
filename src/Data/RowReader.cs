using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Json;
using EdgeBuild.Prompts;

namespace EdgeBuild.Data;

/// <summary>Turns the fields of one record into the canonical text of a prompt's inputs and outputs.</summary>
/// <param name="document">The prompt.</param>
/// <param name="labels">The labels so far.</param>
internal sealed class RowReader(PromptDocument document, LabelCollector labels)
{
    /// <summary>Reads one record; what is wrong is reported.</summary>
    /// <returns>Inputs and outputs, or null when there was an error.</returns>
    public (IReadOnlyDictionary<string, string> Inputs, IReadOnlyDictionary<string, string> Outputs)? Read(
        DatasetRecord record, string split, FileDiagnostics diagnostics)
    {
        var inputs = new Dictionary<string, string>(StringComparer.Ordinal);
        var outputs = new Dictionary<string, string>(StringComparer.Ordinal);
        bool valid = true;
        foreach (PromptInput input in document.Inputs)
        {
            valid &= TryRead(record, input.Name, input.Kind, "input", diagnostics, out string text);
            inputs[input.Name] = text;
        }

        if (valid && inputs.Values.All(string.IsNullOrWhiteSpace))
        {
            diagnostics.Error(ErrorCodes.WrongValueType, FirstInput(record), "The row asks nothing: its inputs are empty. Fill them, or remove the row.");
            valid = false;
        }

        foreach (PromptOutput output in document.Outputs)
        {
            bool read = output.Kind is PromptValueKind.Array or PromptValueKind.Object
                ? NestedOutput.TryRead(record, output, diagnostics, out string text)
                : TryRead(record, output.Name, output.Kind, "output", diagnostics, out text);
            valid &= read
                && (output.Kind != PromptValueKind.String || CheckText(output, text, record.Find(output.Name)!.Position, split, diagnostics));
            outputs[output.Name] = text;
        }

        return valid ? (inputs, outputs) : null;
    }

    private SourcePosition FirstInput(DatasetRecord record) => record.Find(document.Inputs[0].Name)!.Position;

    private bool CheckText(PromptOutput output, string text, SourcePosition position, string split, FileDiagnostics diagnostics)
    {
        if (output.IsFreeText)
        {
            if (!string.IsNullOrWhiteSpace(text))
            {
                return true;
            }

            diagnostics.Error(ErrorCodes.WrongValueType, position, $"The output '{output.Name}' is empty. Write the answer that the model shall give, or remove the row.");
            return false;
        }

        string? problem = labels.Check(output, text, split);
        if (problem is null)
        {
            return true;
        }

        diagnostics.Error(ErrorCodes.UnknownLabel, position, problem);
        return false;
    }

    private bool TryRead(DatasetRecord record, string name, PromptValueKind kind, string what, FileDiagnostics diagnostics, out string text)
    {
        text = string.Empty;
        DatasetField? field = record.Find(name);
        if (field is null)
        {
            bool csv = record.Fields.Count > 0 && record.Fields[0].Json is null;
            string[] found = [.. record.Fields.Select(item => item.Name)];
            string columns = found.Length == 0 ? "It has none." : $"It has {string.Join(", ", found.Select(item => $"'{item}'"))}.";
            IEnumerable<string> unused = found
                .Except(document.Inputs.Select(input => input.Name).Concat(document.Outputs.Select(output => output.Name)));
            string? nearest = NearestName.Find(name, unused);
            string advice = nearest is null ? $"Add it, or rename the column that holds the {what}." : $"Did you mean '{name}' by '{nearest}'? Rename it.";
            diagnostics.MissingColumn(
                name, csv ? new SourcePosition(1, 1) : record.Position, $"The {(csv ? "header" : "row")} has no column '{name}', an {what} of the prompt '{document.Name}'. {columns} {advice}");
            return false;
        }

        text = Canonical(field, kind)!;
        if (text is not null)
        {
            return true;
        }

        text = string.Empty;
        diagnostics.Error(
            ErrorCodes.WrongValueType, field.Position, $"The {what} '{name}' of the prompt '{document.Name}' is {Expected(kind)}; here stands {Actual(field)}.");
        return false;
    }

    private static string? Canonical(DatasetField field, PromptValueKind kind) => field.Json is { } json
        ? (kind, json.Kind) switch
        {
            (PromptValueKind.String, JsonKind.String) or (PromptValueKind.Boolean, JsonKind.Boolean) => json.Text,
            (PromptValueKind.Integer or PromptValueKind.Float, JsonKind.Number) => CanonicalNumber(json.Text, kind),
            _ => null,
        }
        : kind switch
        {
            PromptValueKind.String => field.Text,
            PromptValueKind.Boolean => field.Text.ToLowerInvariant() is "true" or "false" ? field.Text.ToLowerInvariant() : null,
            _ => CanonicalNumber(field.Text, kind),
        };

    private static string? CanonicalNumber(string text, PromptValueKind kind)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
        {
            return AnswerText.Format(whole);
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        bool isNumber = double.TryParse(text, Style, CultureInfo.InvariantCulture, out double number);
        return isNumber && kind == PromptValueKind.Float && !double.IsNaN(number) && !double.IsInfinity(number)
            ? AnswerText.Format(number)
            : null;
    }

    private static string Expected(PromptValueKind kind) => kind switch
    {
        PromptValueKind.String => "a string",
        PromptValueKind.Integer => "a whole number",
        PromptValueKind.Float => "a number with a decimal point",
        PromptValueKind.Boolean => "true or false, without quotes",
        PromptValueKind.Array => "an array",
        _ => "an object",
    };

    private static string Actual(DatasetField field) => field.Json?.Kind switch
    {
        null => field.Text.Length == 0 ? "nothing" : "other text",
        JsonKind.Null => "null",
        JsonKind.Boolean => "true or false",
        JsonKind.Number => "a number",
        JsonKind.String => "a string",
        JsonKind.Array => "an array",
        _ => "an object",
    };
}
