using System.Text;

namespace EdgeBuild.Prompts.Yaml;

/// <summary>Reads <c>|</c> and <c>&gt;</c> blocks (YAML 1.2.2, section 8.1).</summary>
internal static class YamlBlockScalar
{
    /// <summary>Reads a block.</summary>
    /// <param name="text">The lines.</param>
    /// <param name="line">The line of the header; afterwards the first line after the block.</param>
    /// <param name="column">The column of the header.</param>
    /// <param name="parentIndentation">The column of the key or list item that owns the block.</param>
    /// <returns>The value.</returns>
    public static YamlScalar Read(YamlText text, ref int line, int column, int parentIndentation)
    {
        int headerLine = line;
        bool folded = text[line][column] == '>';
        ReadHeader(text, line, column, out int indicator, out char chomping);
        line++;
        int indentation = indicator > 0 ? parentIndentation + indicator : DetectIndentation(text, line, parentIndentation);
        var content = new List<string>();
        (int endLine, int endColumn) = (headerLine, text[headerLine].Length);
        while (line < text.Count)
        {
            string current = text[line];
            int spaces = CountSpaces(current);
            if (spaces < current.Length && spaces < indentation)
            {
                break;
            }

            content.Add(current.Length > indentation ? current.Substring(indentation) : string.Empty);
            if (current.Length > indentation)
            {
                (endLine, endColumn) = (line, current.Length);
            }

            line++;
        }

        int body = content.Count;
        while (body > 0 && content[body - 1].Length == 0)
        {
            body--;
        }

        var value = new StringBuilder();
        if (folded)
        {
            Fold(content, body, value);
        }
        else
        {
            value.Append(string.Join("\n", content.Take(body)));
        }

        int lineEnds = chomping switch
        {
            '-' => 0,
            '+' => content.Count - body + (body > 0 ? 1 : 0),
            _ => body > 0 ? 1 : 0,
        };
        value.Append('\n', lineEnds);
        return new YamlScalar(
            value.ToString(),
            folded ? YamlScalarStyle.Folded : YamlScalarStyle.Literal,
            text.Range(headerLine, column, endLine, endColumn));
    }

    private static void ReadHeader(YamlText text, int line, int column, out int indicator, out char chomping)
    {
        indicator = 0;
        chomping = ' ';
        string header = text[line];
        for (column++; column < header.Length && header[column] != ' '; column++)
        {
            if (header[column] is '+' or '-' && chomping == ' ')
            {
                chomping = header[column];
            }
            else if (header[column] is >= '1' and <= '9' && indicator == 0)
            {
                indicator = header[column] - '0';
            }
            else
            {
                throw text.Error("After '|' or '>' only '+', '-' and one digit may follow. Start the text on the next line.", line, column, header.Length - column);
            }
        }

        column = text.SkipSpaces(line, column);
        if (!text.IsEnd(line, column))
        {
            throw text.Error("Text follows '|' or '>' on the same line. Start it on the next line.", line, column, header.Length - column);
        }
    }

    private static int DetectIndentation(YamlText text, int line, int parentIndentation)
    {
        int longestEmpty = -1;
        int longestEmptyLine = line;
        for (; line < text.Count; line++)
        {
            int spaces = CountSpaces(text[line]);
            if (spaces == text[line].Length)
            {
                (longestEmpty, longestEmptyLine) = spaces > longestEmpty ? (spaces, line) : (longestEmpty, longestEmptyLine);
            }
            else if (spaces <= parentIndentation)
            {
                break;
            }
            else
            {
                return longestEmpty <= spaces
                    ? spaces
                    : throw text.Error("This empty line has more spaces than the text below it. Remove them.", longestEmptyLine, spaces, longestEmpty - spaces);
            }
        }

        return Math.Max(parentIndentation + 1, longestEmpty);
    }

    private static void Fold(List<string> content, int count, StringBuilder value)
    {
        int empty = 0;
        string? previous = null;
        for (int index = 0; index < count; index++)
        {
            string line = content[index];
            if (line.Length == 0)
            {
                empty++;
                continue;
            }

            if (previous is null)
            {
                value.Append('\n', empty);
            }
            else if (IsSpaced(previous) || IsSpaced(line))
            {
                value.Append('\n', empty + 1);
            }
            else
            {
                value.Append(empty == 0 ? ' ' : '\n', Math.Max(empty, 1));
            }

            value.Append(line);
            previous = line;
            empty = 0;
        }
    }

    private static bool IsSpaced(string line) => line[0] is ' ' or '\t';

    private static int CountSpaces(string line)
    {
        int count = 0;
        while (count < line.Length && line[count] == ' ')
        {
            count++;
        }

        return count;
    }
}
