using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Json;
using EdgeBuild.Prompts;

namespace EdgeBuild.Data;

/// <summary>Checks an array or object of a row against its declaration and gives its canonical text.</summary>
/// <param name="report">Receives the first mistake: code, place, what is wrong. Values of rows are never quoted.</param>
internal sealed class NestedValueReader(Action<string, SourcePosition, string> report)
{
    /// <summary>Reads a value.</summary>
    /// <returns>Compact JSON in declared order; null after a report.</returns>
    public string? Read(PromptOutput output, JsonValue value) =>
        Check(output, value, output.Name) ? NestedAnswer.Canonical(output, value) : null;

    private bool Check(PromptOutput output, JsonValue value, string path)
    {
        if (!output.Required && value.Kind == JsonKind.Null)
        {
            return true;
        }

        bool fits = output.Kind switch
        {
            PromptValueKind.Array => value.Kind == JsonKind.Array,
            PromptValueKind.Object => value.Kind == JsonKind.Object,
            PromptValueKind.Boolean => value.Kind == JsonKind.Boolean,
            PromptValueKind.String => value.Kind == JsonKind.String,
            PromptValueKind.Integer => value.Kind == JsonKind.Number && AnswerText.TryParse(value.Text, out long _),
            _ => value.Kind == JsonKind.Number && AnswerText.TryParse(value.Text, out double number) && !double.IsInfinity(number),
        };
        if (!fits)
        {
            return Refuse(ErrorCodes.WrongValueType, value.Position, $"'{path}' must be of kind {output.Kind.ToString().ToLowerInvariant()}.");
        }

        switch (output.Kind)
        {
            case PromptValueKind.Array:
                return value.Items.All(item => Check(output.Items! with { Required = true }, item, path + "[]"));
            case PromptValueKind.Object:
                return CheckProperties(output, value, path);
            case PromptValueKind.String when output.EnumValues.Count > 0 && !output.EnumValues.Contains(value.Text, StringComparer.Ordinal):
                return Refuse(ErrorCodes.UnknownLabel, value.Position, $"The label is not one of the enumValues of '{path}'. Correct it, or add it to the prompt file.");
            default:
                return true;
        }
    }

    private bool CheckProperties(PromptOutput output, JsonValue value, string path)
    {
        JsonProperty? unknown = value.Properties.FirstOrDefault(property => output.Properties.All(known => known.Name != property.Name));
        if (unknown is not null)
        {
            return Refuse(ErrorCodes.WrongValueType, unknown.Value.Position, $"'{path}' has no property '{unknown.Name}' in the prompt file. Known: {string.Join(", ", output.Properties.Select(known => known.Name))}.");
        }

        foreach (PromptOutput property in output.Properties)
        {
            if (value[property.Name] is { } found)
            {
                if (!Check(property, found, path + "." + property.Name))
                {
                    return false;
                }
            }
            else if (property.Required)
            {
                return Refuse(ErrorCodes.MissingColumn, value.Position, $"'{path}' lacks the property '{property.Name}'. Add it, or write 'required: false' in the prompt file.");
            }
        }

        return true;
    }

    private bool Refuse(string code, SourcePosition position, string message)
    {
        report(code, position, message);
        return false;
    }
}
