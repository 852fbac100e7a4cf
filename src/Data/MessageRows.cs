using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Json;
using EdgeBuild.Prompts;

namespace EdgeBuild.Data;

/// <summary>
/// Chat rows, <c>{"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}</c>, as rows with columns: what the user
/// says is the input that has no column of its own, what the assistant says is the output (docs/datasets.md).
/// </summary>
/// <param name="document">The prompt.</param>
internal sealed class MessageRows(PromptDocument document)
{
    private const string Column = "messages";
    private static readonly string[] _roles = ["system", "user", "assistant"];
    private readonly bool _isOwnName = document.Inputs.Any(input => input.Name == Column) || document.Outputs.Any(output => output.Name == Column);
    private readonly string? _systemText = LiteralSystemText(document);
    private bool _warned;

    /// <summary>Turns a chat row into one with columns.</summary>
    /// <returns>The row; the same one when it is no chat row; null when it has an error, which is reported.</returns>
    public DatasetRecord? Convert(DatasetRecord record, FileDiagnostics diagnostics)
    {
        if (_isOwnName || record.Find(Column) is not { Json: { } messages })
        {
            return record;
        }

        try
        {
            PromptInput input = InputOf(record, messages);
            (JsonValue user, JsonValue assistant) = Read(messages, diagnostics);
            return record with
            {
                Fields =
                [
                    .. record.Fields.Where(field => field.Name != Column),
                    new DatasetField(input.Name, user.Text, user.Position, user),
                    new DatasetField(document.Outputs[0].Name, assistant.Text, assistant.Position, assistant),
                ],
            };
        }
        catch (JsonSyntaxException exception)
        {
            diagnostics.Error(ErrorCodes.InvalidMessages, exception.Position, exception.Message);
            return null;
        }
    }

    private static string? LiteralSystemText(PromptDocument document)
    {
        PromptMessage? message = document.Messages.FirstOrDefault(candidate => candidate.Role == PromptRole.System);
        return message is null ? string.Empty : message.Parts.Any(part => part.IsPlaceholder) ? null : string.Concat(message.Parts.Select(part => part.Text));
    }

    private PromptInput InputOf(DatasetRecord record, JsonValue messages)
    {
        if (document.Outputs.Count != 1 || document.Outputs[0].Kind != PromptValueKind.String)
        {
            throw new JsonSyntaxException(
                $"Rows with 'messages' give one text as the answer, and the prompt '{document.Name}' does not have one output of kind string. Write the outputs as columns.", messages.Position);
        }

        PromptInput[] open = [.. document.Inputs.Where(input => record.Find(input.Name) is null)];
        return open.Length == 1 && open[0].Kind == PromptValueKind.String
            ? open[0]
            : throw new JsonSyntaxException(
                $"The user's message is the one input of kind string that has no column of its own; of the prompt '{document.Name}' {(open.Length == 0 ? "all inputs are columns of this row" : string.Join(", ", open.Select(input => $"'{input.Name}'")) + " would be left")}. Give the other inputs as properties beside 'messages'.",
                messages.Position);
    }

    /// <summary>An optional system message, the user's, the assistant's; each exactly once, since a prompt is one question with one answer.</summary>
    private (JsonValue User, JsonValue Assistant) Read(JsonValue messages, FileDiagnostics diagnostics)
    {
        if (messages.Kind != JsonKind.Array)
        {
            throw new JsonSyntaxException("The value of 'messages' is a list of objects, each with 'role' and 'content'.", messages.Position);
        }

        var contents = new Dictionary<string, JsonValue>(StringComparer.Ordinal);
        int next = 0;
        foreach (JsonValue message in messages.Items)
        {
            (int role, JsonValue content) = ReadMessage(message);
            if (role < next || (role == 2 && !contents.ContainsKey("user")))
            {
                throw new JsonSyntaxException(
                    $"A message of the role '{_roles[role]}' can't stand here: a row is one question with its answer, that is an optional system message, one user message and one assistant message. Make a row of every turn, and give what was said before as an input of the prompt.",
                    message.Position);
            }

            contents.Add(_roles[role], content);
            next = role + 1;
        }

        if (next != _roles.Length)
        {
            throw new JsonSyntaxException("The messages don't end with one of the role 'assistant', which is the answer to learn. Add it, or remove the row.", messages.Position);
        }

        WarnAboutSystemText(contents, diagnostics);
        return (contents["user"], contents["assistant"]);
    }

    private static (int Role, JsonValue Content) ReadMessage(JsonValue message)
    {
        if (message["role"] is not { Kind: JsonKind.String } role)
        {
            throw new JsonSyntaxException("A message is an object with 'role' and 'content', both strings.", message.Position);
        }

        int index = Array.IndexOf(_roles, role.Text);
        if (index < 0)
        {
            throw new JsonSyntaxException(
                $"The role of a message is 'system', 'user' or 'assistant'.{NearestName.Suggest(role.Text, _roles)} Results of tools belong into an input of the prompt.", role.Position);
        }

        return message["content"] is { Kind: JsonKind.String } content
            ? (index, content)
            : throw new JsonSyntaxException("The 'content' of a message is a string; lists of parts and calls of tools are not trained on.", (message["content"] ?? message).Position);
    }

    private void WarnAboutSystemText(Dictionary<string, JsonValue> contents, FileDiagnostics diagnostics)
    {
        if (!_warned && _systemText is not null && contents.TryGetValue("system", out JsonValue? system) && system.Text.Trim() != _systemText.Trim())
        {
            _warned = true;
            diagnostics.Warning(
                ErrorCodes.OtherSystemMessage,
                system.Position,
                $"The system message of this row is not that of the prompt '{document.Name}'. The app sends the prompt's, so the model is trained with the prompt's, in this and all other rows. Move the text to the prompt file, or remove it from the rows.");
        }
    }
}
