using System.Text.RegularExpressions;
using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Parsing;

/// <summary>Reads the messages below the front matter.</summary>
internal sealed class BodyReader(string[] lines, int firstBodyLine, DiagnosticCollector diagnostics)
{
    private static readonly Regex _nearMarker = new(
        @"^\s*#*\s*(system|user|assistant|developer|tool|function)\s*(\[.*\])?\s*:\s*$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>Reads the messages; what is wrong is reported.</summary>
    public IReadOnlyList<PromptMessage> Read()
    {
        var messages = new List<PromptMessage>();
        int line = firstBodyLine;
        while (line < lines.Length && Role(lines[line]) is null)
        {
            if (lines[line].Trim().Length > 0)
            {
                WarnOfNearMarker(line);
                diagnostics.Error(
                    ErrorCodes.InvalidPromptBody,
                    new SourcePosition(line + 1, 1, line + 1, lines[line].Length + 1),
                    "Text stands before the first role. Write 'system:' or 'user:' alone on a line above it.");
                while (line + 1 < lines.Length && Role(lines[line + 1]) is null)
                {
                    line++;
                }
            }

            line++;
        }

        while (line < lines.Length)
        {
            int marker = line;
            PromptRole role = Role(lines[marker])!.Value;
            line++;
            while (line < lines.Length && Role(lines[line]) is null)
            {
                WarnOfNearMarker(line);
                line++;
            }

            var position = new SourcePosition(marker + 1, 1, marker + 1, lines[marker].TrimEnd().Length + 1);
            messages.Add(new PromptMessage(role, ReadParts(marker + 1, line, role, position), position));
        }

        CheckOrder(messages);
        return messages;
    }

    private static PromptRole? Role(string line) => line.TrimEnd(' ', '\t') switch
    {
        "system:" => PromptRole.System,
        "user:" => PromptRole.User,
        "assistant:" => PromptRole.Assistant,
        _ => null,
    };

    private static string Marker(PromptRole role) => role switch
    {
        PromptRole.System => "system:",
        PromptRole.User => "user:",
        _ => "assistant:",
    };

    private void WarnOfNearMarker(int line)
    {
        Match match = _nearMarker.Match(lines[line]);
        if (match.Success)
        {
            string role = match.Groups[1].Value.ToLowerInvariant();
            string text = role is "system" or "user" or "assistant"
                ? $"This line looks like a role but is read as text. For a role write '{role}:' alone on the line, in lower case, starting in column 1."
                : $"'{role}' is not a role here, so this line is read as text. Roles are system, user and assistant.";
            diagnostics.Warning(ErrorCodes.NearRoleMarker, new SourcePosition(line + 1, 1, line + 1, lines[line].Length + 1), text);
        }
    }

    private IReadOnlyList<PromptPart> ReadParts(int from, int to, PromptRole role, SourcePosition marker)
    {
        while (from < to && lines[from].Trim().Length == 0)
        {
            from++;
        }

        while (to > from && lines[to - 1].Trim().Length == 0)
        {
            to--;
        }

        if (from == to)
        {
            diagnostics.Error(ErrorCodes.InvalidPromptBody, marker, $"No text follows '{Marker(role)}'. Write the message below it, or remove the line.");
            return [];
        }

        return new TemplateReader(lines, from, to, diagnostics).Read();
    }

    private void CheckOrder(List<PromptMessage> messages)
    {
        if (messages.Count == 0)
        {
            if (!diagnostics.HasErrors)
            {
                diagnostics.Error(
                    ErrorCodes.InvalidPromptBody,
                    new SourcePosition(lines.Length, 1, lines.Length, lines[lines.Length - 1].Length + 1),
                    "The file has no messages. Write 'user:' alone on a line below the front matter, and the message with its {{placeholders}} below it.");
            }

            return;
        }

        PromptRole expected = messages[0].Role == PromptRole.System ? PromptRole.System : PromptRole.User;
        foreach (PromptMessage message in messages)
        {
            if (message.Role != expected)
            {
                diagnostics.Error(
                    ErrorCodes.InvalidPromptBody,
                    message.Position,
                    $"'{Marker(message.Role)}' cannot stand here; '{Marker(expected)}' is expected. The order is: one 'system:' or none, then 'user:' and 'assistant:' in turn.");
                return;
            }

            expected = message.Role == PromptRole.User ? PromptRole.Assistant : PromptRole.User;
        }

        PromptMessage last = messages[messages.Count - 1];
        if (last.Role != PromptRole.User)
        {
            diagnostics.Error(
                ErrorCodes.InvalidPromptBody,
                last.Position,
                "The last message must be 'user:', since the model answers it. Add one.");
        }
    }
}
