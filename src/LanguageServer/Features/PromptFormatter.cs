using System.Text;
using EdgeBuild.Contracts;
using EdgeBuild.Prompts;
using EdgeBuild.Prompts.Tools;
using EdgeBuild.Prompts.Yaml;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>
/// Formats a prompt file without changing what it means: spaces at line ends, one blank line before each message and none elsewhere at its borders, one line end at
/// the end of the file. Line ends and a byte order mark stay. A file with errors stays as it is, since what it means is not known.
/// </summary>
public static class PromptFormatter
{
    private const string Delimiter = "---";

    /// <summary>Formats a text.</summary>
    /// <param name="path">The path, for the parser.</param>
    /// <param name="text">The text of the file.</param>
    /// <returns>The formatted text; the same when the file has errors.</returns>
    public static string Format(string path, string text)
    {
        PromptParseResult before = PromptDocument.Parse(path, text);
        if (before.Document is not { } document)
        {
            return text;
        }

        string lineEnd = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        string mark = text.StartsWith('\uFEFF') ? "\uFEFF" : string.Empty;
        string[] lines = document.Source.Split('\n');
        int bodyStart = before.Syntax.FrontMatterEnd;
        var result = new List<string>();
        for (int line = 0; line < bodyStart; line++)
        {
            string trimmed = lines[line].TrimEnd();

            // Spaces at the end of a line of a block scalar, and blank lines in it, belong to its text.
            result.Add(trimmed == Delimiter || !IsInBlock(before.Syntax, line + 1) ? trimmed : lines[line]);
        }

        foreach (PromptMessage message in document.Messages)
        {
            if (result[^1] != Delimiter)
            {
                result.Add(string.Empty);
            }

            int first = message.Position.Line;
            int last = (document.Messages.FirstOrDefault(next => next.Position.Line > first)?.Position.Line ?? lines.Length + 1) - 2;
            result.Add(lines[first - 1].TrimEnd());
            result.AddRange(Trimmed(lines, first, last));
        }

        string formatted = mark + string.Join(lineEnd, result) + lineEnd;
        return MeansTheSame(document, PromptDocument.Parse(path, formatted).Document) ? formatted : text;
    }

    /// <summary>The lines of a message without blank ones before and after it; those within, and spaces at their ends, are part of the prompt.</summary>
    private static string[] Trimmed(string[] lines, int first, int last)
    {
        while (first <= last && lines[first].Trim().Length == 0)
        {
            first++;
        }

        while (last >= first && lines[last].Trim().Length == 0)
        {
            last--;
        }

        return lines[first..(last + 1)];
    }

    private static bool IsInBlock(PromptSyntax syntax, int line) => syntax.Root is not { } root || Blocks(root).Any(block => line >= block.Line && line <= block.EndLine);

    private static IEnumerable<SourcePosition> Blocks(YamlNode node) => node switch
    {
        YamlScalar { Style: YamlScalarStyle.Plain } => [],
        YamlScalar scalar when scalar.Position.EndLine > scalar.Position.Line || scalar.Style is YamlScalarStyle.Literal or YamlScalarStyle.Folded => [scalar.Position],
        YamlSequence sequence => sequence.Items.SelectMany(Blocks),
        YamlMapping mapping => mapping.Entries.SelectMany(entry => Blocks(entry.Value)),
        _ => [],
    };

    /// <summary>The last word: whatever the rules above do, the messages, fields and metadata of the formatted file are those of the file.</summary>
    private static bool MeansTheSame(PromptDocument before, PromptDocument? after) => after is not null && Meaning(before) == Meaning(after);

    private static string Meaning(PromptDocument document)
    {
        var text = new StringBuilder();
        text.Append(document.Name).Append('\0').Append(document.DisplayName).Append('\0').Append(document.Description).Append('\0').Append(document.MaxInputTokens);
        foreach (PromptInput input in document.Inputs)
        {
            text.Append('\0').Append(input.Name).Append(input.Kind).Append(input.Description).Append('\0').Append(input.Example).AppendJoin('\0', input.EnumValues);
        }

        foreach (PromptOutput output in document.Outputs)
        {
            AppendOutput(text, output);
        }

        foreach (PromptMessage message in document.Messages)
        {
            text.Append('\0').Append(message.Role);
            foreach (PromptPart part in message.Parts)
            {
                text.Append(part.IsPlaceholder ? "\u0001" : "\u0002").Append(part.Text);
            }
        }

        return text.ToString();
    }

    private static void AppendOutput(StringBuilder text, PromptOutput output)
    {
        text.Append('\0').Append(output.Name).Append(output.Kind).Append(output.Description).Append(output.Required).Append(output.IsFreeText).Append(output.MaxTokens).AppendJoin('\0', output.EnumValues);
        foreach (PromptOutput part in output.Items is null ? output.Properties : [output.Items, .. output.Properties])
        {
            AppendOutput(text.Append('\u0003'), part);
        }

        foreach (PromptTool tool in output.Tools)
        {
            text.Append('\u0004').Append(tool.Name).Append(tool.Description);
            foreach (PromptOutput parameter in tool.Parameters)
            {
                AppendOutput(text, parameter);
            }
        }
    }
}
