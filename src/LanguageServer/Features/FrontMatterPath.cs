using EdgeBuild.LanguageServer.Documents;
using EdgeBuild.LanguageServer.Protocol;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>Where in the front matter a position is, by indentation: while a line is being typed the front matter is no valid YAML.</summary>
internal static class FrontMatterPath
{
    /// <summary>Finds the keys above a position, the outermost first.</summary>
    public static IReadOnlyList<string> Above(OpenDocument document, Position position)
    {
        string current = document.Line(position.Line)[..Math.Min(position.Character, document.Line(position.Line).Length)];
        int indentation = KeyColumn(current);
        var path = new List<string>();
        for (int line = position.Line - 1; line > 0 && indentation > 0; line--)
        {
            string text = document.Line(line);
            string trimmed = text.Trim();
            if (trimmed.Length == 0 || trimmed[0] == '#')
            {
                continue;
            }

            int dash = text.Length - text.TrimStart().Length;
            int column = KeyColumn(text);
            if (column < indentation && KeyOf(text) is { } key)
            {
                path.Insert(0, key);
                indentation = dash;
            }
            else if (dash < indentation && column > dash)
            {
                indentation = dash;
            }
            else if (indentation == dash && KeyOf(text) is { } list && column == dash && trimmed.EndsWith(':') && StartsItem(document, position))
            {
                // A list may stand in the column of its key.
                path.Insert(0, list);
            }
        }

        return path;
    }

    /// <summary>Gets the key of a line, without the mark of a list item.</summary>
    public static string? KeyOf(string line)
    {
        string text = line.TrimStart().TrimStart('-').TrimStart();
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && text[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '$') ? text[..colon] : null;
    }

    private static bool StartsItem(OpenDocument document, Position position) => document.Line(position.Line).TrimStart().StartsWith('-');

    private static int KeyColumn(string line)
    {
        int column = line.Length - line.TrimStart().Length;
        while (column < line.Length && line[column] == '-' && (column + 1 == line.Length || line[column + 1] == ' '))
        {
            column++;
            while (column < line.Length && line[column] == ' ')
            {
                column++;
            }
        }

        return column;
    }
}
