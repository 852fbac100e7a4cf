using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Json;

namespace EdgeBuild.Prompts.Parsing;

/// <summary>Whether the example answers of a prompt (<c>assistant:</c> messages) are answers that the model may give.</summary>
internal static class AnswerExampleCheck
{
    /// <summary>Reports examples that are not.</summary>
    public static void Run(IReadOnlyList<PromptOutput> outputs, IReadOnlyList<PromptMessage> messages, DiagnosticCollector diagnostics)
    {
        if (outputs.Count == 0 || outputs.Any(output => output.Kind is PromptValueKind.Array or PromptValueKind.Object))
        {
            return;
        }

        // An answer with a placeholder in it is known only at run time.
        foreach (PromptPart part in messages.Where(message => message is { Role: PromptRole.Assistant, Parts: [{ IsPlaceholder: false }] }).Select(message => message.Parts[0]))
        {
            if (outputs.Count == 1)
            {
                CheckText(outputs[0], part.Text, part.Position, diagnostics);
            }
            else
            {
                CheckRecord(outputs, part, diagnostics);
            }
        }
    }

    private static void CheckRecord(IReadOnlyList<PromptOutput> outputs, PromptPart part, DiagnosticCollector diagnostics)
    {
        string form = "{" + string.Join(",", outputs.Select(output => $"\"{output.Name}\":…")) + "}";
        JsonValue record;
        try
        {
            record = JsonText.Parse(part.Text);
        }
        catch (JsonSyntaxException exception)
        {
            diagnostics.Error(ErrorCodes.InvalidPromptBody, InFile(part, exception.Position), $"An example answer of a prompt with several outputs is JSON: {form}. Here: {exception.Message}.");
            return;
        }

        if (record.Kind != JsonKind.Object || !record.Properties.Select(property => property.Name).SequenceEqual(outputs.Select(output => output.Name), StringComparer.Ordinal))
        {
            diagnostics.Error(ErrorCodes.InvalidPromptBody, part.Position, $"An example answer has every output, in the order of the file: {form}. Correct it.");
            return;
        }

        foreach ((PromptOutput output, JsonProperty property) in outputs.Zip(record.Properties, (output, property) => (output, property)))
        {
            SourcePosition position = InFile(part, property.Value.Position);
            JsonKind expected = output.Kind switch
            {
                PromptValueKind.String => JsonKind.String,
                PromptValueKind.Boolean => JsonKind.Boolean,
                _ => JsonKind.Number,
            };
            if (property.Value.Kind != expected)
            {
                ReportKind(output, position, diagnostics);
            }
            else
            {
                CheckText(output, property.Value.Text, position, diagnostics);
            }
        }
    }

    private static void CheckText(PromptOutput output, string text, SourcePosition position, DiagnosticCollector diagnostics)
    {
        bool fits = output.Kind switch
        {
            PromptValueKind.Boolean => AnswerText.TryParse(text, out bool _),
            PromptValueKind.Integer => AnswerText.TryParse(text, out long _),
            PromptValueKind.Float => AnswerText.TryParse(text, out double _),
            _ => true,
        };
        if (!fits)
        {
            ReportKind(output, position, diagnostics);
        }
        else if (output is { Kind: PromptValueKind.String, EnumValues: { Count: > 0 } labels } && !labels.Contains(text, StringComparer.Ordinal))
        {
            diagnostics.Error(
                ErrorCodes.UnknownLabel,
                position,
                $"The example answer is not one of the labels of '{output.Name}'. Correct it, or add it to 'enumValues'. Labels: {string.Join(", ", labels)}.");
        }
    }

    private static void ReportKind(PromptOutput output, SourcePosition position, DiagnosticCollector diagnostics) => diagnostics.Error(
        ErrorCodes.WrongValueType,
        position,
        $"The example answer of '{output.Name}' is no {output.Kind.ToString().ToLowerInvariant()}. Correct it, or change the kind.");

    private static SourcePosition InFile(PromptPart part, SourcePosition position) => new(
        part.Position.Line + position.Line - 1,
        position.Line == 1 ? part.Position.Column + position.Column - 1 : position.Column);
}
