using EdgeBuild.LanguageServer.Projects;
using EdgeBuild.LanguageServer.Protocol;
using EdgeBuild.Prompts;
using EdgeBuild.Prompts.Yaml;
using Range = EdgeBuild.LanguageServer.Protocol.Range;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>Proposals in a prompt file.</summary>
/// <param name="file">The file.</param>
/// <param name="rows">The rows of its datasets.</param>
internal sealed class PromptCompletion(PromptFile file, LabelRows rows)
{
    private const int Keyword = 14;
    private const int Property = 10;
    private const int Variable = 6;
    private const int EnumMember = 20;
    private static readonly string[] _truths = ["true", "false"];

    /// <summary>Proposes what may stand at a position.</summary>
    public IReadOnlyList<CompletionItem> At(Position position)
    {
        string line = file.Document.Line(position.Line);
        string before = line[..Math.Min(position.Character, line.Length)];
        return IsInFrontMatter(position) ? FrontMatter(position, line, before) : Body(position, line, before);
    }

    private static CompletionItem Item(string label, int kind, string? detail, Position position, string before, string text, string? documentation = null, int order = 0)
    {
        int start = position.Character;
        while (start > 0 && IsWord(before[start - 1]))
        {
            start--;
        }

        var range = new Range(position with { Character = start }, position);
        return new CompletionItem(label, kind, detail, new TextEdit(range, text), documentation is null ? null : MarkupContent.Markdown(documentation), $"{order:000}");
    }

    private static bool IsWord(char character) => char.IsLetterOrDigit(character) || character is '_' or '-' or '.';

    private bool IsInFrontMatter(Position position)
    {
        if (file.Document.Line(0).TrimEnd() != "---" || position.Line == 0)
        {
            return false;
        }

        for (int line = 1; line <= position.Line && line < file.Document.LineCount; line++)
        {
            if (file.Document.Line(line).TrimEnd() == "---")
            {
                return false;
            }
        }

        return true;
    }

    private IReadOnlyList<CompletionItem> FrontMatter(Position position, string line, string before)
    {
        IReadOnlyList<string> path = FrontMatterPath.Above(file.Document, position);
        if (before.Contains(": ", StringComparison.Ordinal) && FrontMatterPath.KeyOf(before) is { } key)
        {
            return Values([.. path, key], position, before);
        }

        if (path is [.., "enumValues" or "freeText"])
        {
            return Values(path, position, before);
        }

        // A key that stands already is replaced alone, not repeated with its colon.
        string suffix = line[before.Length..].TrimStart().StartsWith(':') ? string.Empty : ": ";
        if (path is ["metadata", "edge", "maxTokens"])
        {
            return [.. Names("outputs").Select((name, index) => Item(name, Variable, "output", position, before, name + suffix, null, index))];
        }

        return
        [
            .. PromptKeys.Below(path).Where(known => path.Count > 0 || file.Syntax.Root?[known.Key] is null).Select((known, index) => Item(
                known.Key, Property, null, position, before, known.Key + (suffix.Length > 0 && known.Key is "inputs" or "outputs" or "metadata" or "edge" or "maxTokens" or "tools" or "items" or "properties" ? ":" : suffix), known.Text, index)),
        ];
    }

    private IReadOnlyList<CompletionItem> Values(IReadOnlyList<string> path, Position position, string before)
    {
        switch (path[^1])
        {
            case "kind":
                return [.. PromptKeys.Kinds.Take(path[0] == "inputs" ? 4 : 6).Select((kind, index) => Item(kind, Keyword, null, position, before, kind, null, index))];
            case "required":
                return [.. _truths.Select(value => Item(value, Keyword, null, position, before, value))];
            case "freeText":
                return [.. Names("outputs").Select(name => Item(name, Variable, "output", position, before, name))];
            case "enumValues" when path[0] == "outputs":
                string? output = OutputAt(position);
                HashSet<string> listed = output is null ? [] : [.. file.LabelsOf(output)];
                return output is null || file.Project is not { } project
                    ? []
                    : [.. rows.Labels(project.DatasetsOf(file.Path), output).Where(label => !listed.Contains(label)).Select((label, index) => Item(label, EnumMember, "label of the rows", position, before, WrittenText.Yaml(label), null, index))];
            default:
                return [];
        }
    }

    private IReadOnlyList<CompletionItem> Body(Position position, string line, string before)
    {
        int open = before.LastIndexOf("{{", StringComparison.Ordinal);
        if (open >= 0 && !before[open..].Contains("}}", StringComparison.Ordinal))
        {
            string close = line[before.Length..].Contains("}}", StringComparison.Ordinal) ? string.Empty : "}}";
            return [.. file.Syntax.Declarations("inputs").Select((declaration, index) => ((declaration["name"] as YamlScalar)?.Text, declaration, index)).Where(entry => entry.Text is not null)
                .Select(entry => Item(entry.Text!, Variable, (entry.declaration["kind"] as YamlScalar)?.Text, position, before, entry.Text + close, (entry.declaration["description"] as YamlScalar)?.Text, entry.index))];
        }

        if (before.All(char.IsAsciiLetter))
        {
            IEnumerable<CompletionItem> roles = PromptKeys.Roles.Select((role, index) => Item(role, Keyword, null, position, before, role, null, index));
            return [.. roles, .. Answers(position, before)];
        }

        return Answers(position, before);
    }

    /// <summary>The labels of the only output, below <c>assistant:</c>.</summary>
    private IReadOnlyList<CompletionItem> Answers(Position position, string before)
    {
        PromptMessage? message = file.Syntax.Messages.LastOrDefault(candidate => candidate.Position.Line - 1 < position.Line);
        return message?.Role == PromptRole.Assistant && Names("outputs") is [string only]
            ? [.. file.LabelsOf(only).Select((label, index) => Item(label, EnumMember, "label", position, before, label, null, 100 + index))]
            : [];
    }

    private string[] Names(string list) => [.. file.Syntax.Names(list).Select(name => name.Text)];

    /// <summary>The name of the declaration around a line: the nearest above.</summary>
    private string? OutputAt(Position position)
    {
        for (int line = position.Line; line > 0; line--)
        {
            string text = file.Document.Line(line);
            if (FrontMatterPath.KeyOf(text) == "name")
            {
                return text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim().Trim('"', '\'');
            }
        }

        return null;
    }
}
