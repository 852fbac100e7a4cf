using System.Text;
using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Parsing;

/// <summary>Splits the text of one message at its placeholders, in a single pass.</summary>
internal sealed class TemplateReader(string[] lines, int from, int to, DiagnosticCollector diagnostics)
{
    private const string Allowed = "Only {{name}} with the name of an input is supported in prompt files.";

    private readonly List<PromptPart> _parts = [];
    private readonly StringBuilder _literal = new();
    private SourcePosition _literalStart;
    private int _openBraces;

    /// <summary>Reads the parts; what is wrong is reported.</summary>
    public IReadOnlyList<PromptPart> Read()
    {
        for (int line = from; line < to; line++)
        {
            int column = 0;
            while (column < lines[line].Length)
            {
                column = ReadAt(line, column);
            }

            if (line + 1 < to)
            {
                Append('\n', line, column);
            }
        }

        EndLiteral(to - 1, lines[to - 1].Length);
        return _parts;
    }

    private int ReadAt(int line, int column)
    {
        string text = lines[line];
        char next = column + 1 < text.Length ? text[column + 1] : '\0';
        if (text[column] == '{' && next == '{')
        {
            return ReadPlaceholder(line, column);
        }

        if (text[column] == '{' && next is '%' or '#')
        {
            Report(line, column, 2, $"'{{{next}' starts a statement or comment of a template language. {Allowed}");
            return column + 2;
        }

        if (text[column] == '}' && next == '}' && _openBraces < 2)
        {
            Report(line, column, 2, $"'}}}}' closes nothing. Remove it, or write '{{{{' before the name of an input.");
            return column + 2;
        }

        _openBraces += text[column] switch { '{' => 1, '}' when _openBraces > 0 => -1, _ => 0 };
        Append(text[column], line, column);
        return column + 1;
    }

    private int ReadPlaceholder(int line, int start)
    {
        string text = lines[line];
        int close = text.IndexOf("}}", start + 2, StringComparison.Ordinal);
        if (close < 0)
        {
            Report(line, start, 2, $"'{{{{' is not closed on its line. Close it with '}}}}'; literal double braces are not supported. {Allowed}");
            return text.Length;
        }

        int end = close + 2;
        while (end < text.Length && text[end] == '}')
        {
            end++;
        }

        string path = text.Substring(start + 2, close - start - 2).Trim(' ', '\t');
        if (end > close + 2 || !path.Split('.').All(IsIdentifier))
        {
            Report(line, start, end - start, $"This is not a placeholder. {Allowed} Literal double braces are not supported.");
            return end;
        }

        EndLiteral(line, start);
        _parts.Add(new PromptPart(path, true, new SourcePosition(line + 1, start + 1, line + 1, end + 1)));
        return end;
    }

    private static bool IsIdentifier(string name)
    {
        for (int index = 0; index < name.Length; index++)
        {
            bool letter = name[index] is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_';
            if (!letter && (index == 0 || name[index] is < '0' or > '9'))
            {
                return false;
            }
        }

        return name.Length > 0;
    }

    private void Report(int line, int column, int length, string message) =>
        diagnostics.Error(ErrorCodes.InvalidPromptBody, new SourcePosition(line + 1, column + 1, line + 1, column + length + 1), message);

    private void Append(char character, int line, int column)
    {
        if (_literal.Length == 0)
        {
            _literalStart = new SourcePosition(line + 1, column + 1);
        }

        _literal.Append(character);
    }

    private void EndLiteral(int line, int column)
    {
        if (_literal.Length > 0)
        {
            _parts.Add(new PromptPart(_literal.ToString(), false, _literalStart with { EndLine = line + 1, EndColumn = column + 1 }));
            _literal.Clear();
        }
    }
}
