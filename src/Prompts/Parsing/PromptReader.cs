using EdgeBuild.Contracts;
using EdgeBuild.Prompts.Yaml;

namespace EdgeBuild.Prompts.Parsing;

/// <summary>Splits a prompt file into front matter and body and puts both together as a document.</summary>
internal static class PromptReader
{
    private const string Delimiter = "---";

    /// <summary>Reads a prompt file.</summary>
    public static PromptParseResult Read(string path, string text)
    {
        var diagnostics = new DiagnosticCollector(path);
        string source = Normalize(text);
        string[] lines = source.Split('\n');
        int end = FindFrontMatterEnd(lines, diagnostics);
        if (end < 0)
        {
            return new PromptParseResult(null, diagnostics.ToList(), new PromptSyntax(null, 0, []));
        }

        YamlMapping? root = null;
        try
        {
            root = YamlParser.Parse([.. lines.Skip(1).Take(end - 1)], 2);
        }
        catch (YamlSyntaxException exception)
        {
            diagnostics.Error(exception.Code, exception.Position, exception.Message);
            Version1Signs.Report(lines, end, diagnostics);
        }

        FrontMatter? frontMatter = root is null ? null : new FrontMatterReader(diagnostics).Read(root);
        IReadOnlyList<PromptMessage> messages = new BodyReader(lines, end + 1, diagnostics).Read();
        if (frontMatter is not null)
        {
            PlaceholderCheck.Run(frontMatter.Inputs, messages, diagnostics);
            AnswerExampleCheck.Run(frontMatter.Outputs, messages, diagnostics);
        }

        IReadOnlyList<Diagnostic> findings = diagnostics.ToList();
        var syntax = new PromptSyntax(root, end + 1, messages);
        if (frontMatter?.Name is null || diagnostics.HasErrors)
        {
            return new PromptParseResult(null, findings, syntax);
        }

        var document = new PromptDocument
        {
            Path = path,
            Name = frontMatter.Name,
            Position = frontMatter.NamePosition,
            DisplayName = frontMatter.DisplayName,
            Description = frontMatter.Description,
            Inputs = frontMatter.Inputs,
            Outputs = frontMatter.Outputs,
            Messages = messages,
            MaxInputTokens = frontMatter.MaxInputTokens,
            Metadata = frontMatter.Metadata,
            Source = source,
            ContentHash = ContentKey.OfText(source),
        };
        return new PromptParseResult(document, findings, syntax);
    }

    private static string Normalize(string text)
    {
        string source = text.Length > 0 && text[0] == '\uFEFF' ? text.Substring(1) : text;
        return source.Replace("\r\n", "\n").Replace('\r', '\n');
    }

    private static int FindFrontMatterEnd(string[] lines, DiagnosticCollector diagnostics)
    {
        if (lines[0].TrimEnd() != Delimiter)
        {
            diagnostics.Error(
                ErrorCodes.InvalidFrontMatter,
                new SourcePosition(1, 1, 1, lines[0].Length + 1),
                "A prompt file starts with a line '---', the keys name, inputs and outputs, and another line '---'. Add them.");
            return -1;
        }

        int end = Array.FindIndex(lines, 1, line => line.TrimEnd() == Delimiter);
        if (end < 0)
        {
            diagnostics.Error(
                ErrorCodes.InvalidFrontMatter,
                new SourcePosition(1, 1, 1, lines[0].Length + 1),
                "The front matter has no end. Write '---' alone on a line, starting in column 1, after its last key.");
        }

        return end;
    }
}
