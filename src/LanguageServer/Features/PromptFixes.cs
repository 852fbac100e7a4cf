using EdgeBuild.Contracts;
using EdgeBuild.Data;
using EdgeBuild.LanguageServer.Protocol;
using EdgeBuild.Prompts;
using EdgeBuild.Prompts.Yaml;
using Range = EdgeBuild.LanguageServer.Protocol.Range;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>Edits that mend what the parser has found. <c>edgebuild lint --fix</c> makes the preferred ones.</summary>
/// <param name="file">The file.</param>
internal sealed class PromptFixes(PromptFile file)
{
    /// <summary>Finds the fixes of a finding.</summary>
    public IReadOnlyList<PromptFix> Of(Diagnostic finding) => finding.Code switch
    {
        ErrorCodes.UnknownPlaceholder => UnknownPlaceholder(finding),
        ErrorCodes.NearRoleMarker => RoleMarker(finding),
        ErrorCodes.UnusedInput => UnusedInput(finding),
        ErrorCodes.InvalidPromptBody => TextBeforeRole(finding),
        _ => [],
    };

    private List<PromptFix> UnknownPlaceholder(Diagnostic finding)
    {
        if (file.Syntax.Placeholders.FirstOrDefault(part => part.Position == finding.Position) is not { } placeholder)
        {
            return [];
        }

        string name = placeholder.Text.Split('.')[0];
        string[] inputs = [.. file.Syntax.Names("inputs").Select(declared => declared.Text)];
        Range range = Range.From(placeholder.Position);
        var fixes = new List<PromptFix>();
        if (inputs.Contains(name))
        {
            return [new PromptFix($"Write {{{{{name}}}}}", [new TextEdit(range, $"{{{{{name}}}}}")], true)];
        }

        if (NearestName.Find(name, inputs) is { } nearest)
        {
            fixes.Add(new PromptFix($"Change to {{{{{nearest}}}}}", [new TextEdit(range, $"{{{{{nearest}}}}}")], true));
        }

        if (file.Syntax.Root?["inputs"] is YamlSequence { Items: [.., YamlMapping last] } list)
        {
            int column = list.Items[0] is YamlMapping first ? Math.Max(0, first.Position.Column - 3) : 2;
            string indentation = new(' ', column);
            var at = new Position(last.Position.EndLine - 1, file.Document.Line(last.Position.EndLine - 1).Length);
            fixes.Add(new PromptFix($"Add the input '{name}'", [new TextEdit(new Range(at, at), $"\n{indentation}- name: {name}\n{indentation}  kind: string")], false));
        }

        return fixes;
    }

    private List<PromptFix> RoleMarker(Diagnostic finding)
    {
        string line = file.Document.Line(finding.Position.Line - 1);
        string word = new([.. line.TrimStart(' ', '\t', '#').TakeWhile(char.IsLetter)]);
        string? role = PromptKeys.Roles.FirstOrDefault(known => string.Equals(known[..^1], word, StringComparison.OrdinalIgnoreCase));
        return role is null ? [] : [new PromptFix($"Change to '{role}'", [new TextEdit(Range.From(finding.Position), role)], true)];
    }

    private List<PromptFix> UnusedInput(Diagnostic finding)
    {
        if (file.Syntax.Messages.LastOrDefault(message => message.Role == PromptRole.User)?.Parts is not [.., { } last]
            || file.FindName("inputs", Range.From(finding.Position).Start) is not { } name)
        {
            return [];
        }

        Position end = Range.From(last.Position).End;
        return [new PromptFix($"Add {{{{{name}}}}} to the last message", [new TextEdit(new Range(end, end), $"\n{{{{{name}}}}}")], false)];
    }

    private List<PromptFix> TextBeforeRole(Diagnostic finding)
    {
        int line = finding.Position.Line - 1;
        bool before = line >= file.Syntax.FrontMatterEnd && file.Syntax.Messages.All(message => message.Position.Line - 1 > line) && finding.Position.Column == 1;
        var start = new Position(line, 0);
        return before && finding.Message.StartsWith("Text stands before", StringComparison.Ordinal)
            ? [new PromptFix("Add 'user:' above", [new TextEdit(new Range(start, start), "user:\n")], file.Syntax.Messages.Count == 0)]
            : [];
    }
}
