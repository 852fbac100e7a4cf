namespace EdgeBuild.Prompts.Yaml;

/// <summary>Reads the parts of YAML that stand on one line: keys, plain and quoted scalars, and lists in brackets.</summary>
internal sealed class YamlScalarReader(YamlText text)
{
    private const string FlowIndicators = ",[]{}";

    /// <summary>Whether a key with its colon starts at that place.</summary>
    public bool IsKey(int line, int column)
    {
        string source = text[line];
        if (source[column] == '[')
        {
            return false;
        }

        if (source[column] is '"' or '\'')
        {
            int end = YamlQuotedText.FindEnd(source, column);
            while (end > 0 && end < source.Length && source[end] == ' ')
            {
                end++;
            }

            return end > 0 && IsColon(source, end);
        }

        return FindColon(source, column) >= 0;
    }

    /// <summary>Reads a key.</summary>
    /// <param name="line">The line.</param>
    /// <param name="column">Where the key starts.</param>
    /// <param name="after">The column after the colon.</param>
    /// <returns>The key.</returns>
    public YamlScalar ReadKey(int line, int column, out int after)
    {
        string source = text[line];
        YamlScalar key;
        int colon;
        if (source[column] is '"' or '\'')
        {
            key = ReadQuoted(line, column, out int end);
            colon = text.SkipSpaces(line, end);
            colon = IsColon(source, colon) ? colon : -1;
        }
        else
        {
            RefuseIndicator(line, column, flow: false);
            colon = FindColon(source, column);
            int length = Math.Max(0, colon - column);
            string name = source.Substring(column, length).TrimEnd(' ');
            RefuseTab(line, column, name);
            key = new YamlScalar(name, YamlScalarStyle.Plain, text.At(line, column, name.Length));
        }

        if (colon < 0)
        {
            int bare = source.IndexOf(':', column);
            throw bare > 0
                ? text.Error("A space is missing after the colon.", line, bare)
                : text.Error("A key with a colon is expected here, such as 'name: triage'. Write text of several lines as a '|' block below its key.", line, column, source.Length - column);
        }

        if (key.Text.Length == 0)
        {
            throw text.Error("The key before the colon is empty.", line, colon);
        }

        if (key.Style == YamlScalarStyle.Plain && key.Text == "<<")
        {
            throw text.Error("Merge keys ('<<') are not supported in prompt files. Write the keys out.", line, column, 2);
        }

        after = colon + 1;
        return key;
    }

    /// <summary>Reads a scalar that ends on its line.</summary>
    public YamlScalar ReadScalar(int line, int column)
    {
        string source = text[line];
        if (source[column] is '"' or '\'')
        {
            YamlScalar quoted = ReadQuoted(line, column, out int end);
            RequireEnd(line, end, "the closing quote");
            return quoted;
        }

        RefuseIndicator(line, column, flow: false);
        int colon = FindColon(source, column);
        if (colon >= 0)
        {
            throw text.Error("A colon followed by a space makes this text a key. Put the text in double quotes.", line, colon);
        }

        int comment = source.IndexOf(" #", column, StringComparison.Ordinal);
        string value = source.Substring(column, (comment < 0 ? source.Length : comment) - column).TrimEnd(' ');
        RefuseTab(line, column, value);
        return new YamlScalar(value, YamlScalarStyle.Plain, text.At(line, column, value.Length));
    }

    /// <summary>Reads a list in brackets.</summary>
    public YamlSequence ReadFlowList(int line, int start)
    {
        string source = text[line];
        var items = new List<YamlNode>();
        int column = text.SkipSpaces(line, start + 1);
        while (column < source.Length && source[column] != ']')
        {
            if (text.IsEnd(line, column))
            {
                break;
            }

            items.Add(source[column] is '"' or '\'' ? ReadQuoted(line, column, out int end) : ReadFlowPlain(line, column, out end));
            column = text.SkipSpaces(line, end);
            if (column < source.Length && source[column] == ',')
            {
                column = text.SkipSpaces(line, column + 1);
            }
            else if (column < source.Length && source[column] != ']' && !text.IsEnd(line, column))
            {
                throw text.Error("A comma or ']' is expected here.", line, column);
            }
        }

        if (column >= source.Length || source[column] != ']')
        {
            throw text.Error("The list in brackets does not end on its line. Close it with ']', or write one '- item' a line.", line, start, source.Length - start);
        }

        RequireEnd(line, column + 1, "the list");
        return new YamlSequence(items, text.At(line, start, column + 1 - start));
    }

    private static bool IsColon(string source, int column) =>
        column < source.Length && source[column] == ':' && (column + 1 == source.Length || source[column + 1] is ' ' or '\t');

    private static int FindColon(string source, int column)
    {
        for (; column < source.Length; column++)
        {
            if (source[column] == '#' && column > 0 && source[column - 1] == ' ')
            {
                return -1;
            }

            if (IsColon(source, column))
            {
                return column;
            }
        }

        return -1;
    }

    private YamlScalar ReadQuoted(int line, int column, out int end)
    {
        end = YamlQuotedText.FindEnd(text[line], column);
        if (end < 0)
        {
            throw text.Error(
                "The quote is not closed on its line. Close it, or write text of several lines as a '|' block.",
                line,
                column,
                text[line].Length - column);
        }

        string value = YamlQuotedText.Decode(text, line, column, end);
        YamlScalarStyle style = text[line][column] == '"' ? YamlScalarStyle.DoubleQuoted : YamlScalarStyle.SingleQuoted;
        return new YamlScalar(value, style, text.At(line, column, end - column));
    }

    private YamlScalar ReadFlowPlain(int line, int column, out int end)
    {
        string source = text[line];
        RefuseIndicator(line, column, flow: true);
        end = column;
        while (end < source.Length && source[end] is not (',' or ']') && !text.IsEnd(line, end))
        {
            if (source[end] is '[' or '{' or '}')
            {
                throw text.Error("Only single values may stand in a list in brackets. Write one '- item' a line instead.", line, end);
            }

            if (source[end] == ':' && (end + 1 == source.Length || source[end + 1] is ' ' or ',' or ']'))
            {
                throw text.Error("A colon makes this item a key. Put the item in double quotes.", line, end);
            }

            end++;
        }

        string value = source.Substring(column, end - column).TrimEnd(' ');
        RefuseTab(line, column, value);
        return new YamlScalar(value, YamlScalarStyle.Plain, text.At(line, column, value.Length));
    }

    private void RefuseIndicator(int line, int column, bool flow)
    {
        string source = text[line];
        char first = source[column];
        bool alone = column + 1 == source.Length || source[column + 1] is ' ' or '\t' || (flow && FlowIndicators.IndexOf(source[column + 1]) >= 0);
        string? message = first switch
        {
            '&' => "Anchors ('&') are not supported in prompt files. Write the value out where it is used.",
            '*' => "Aliases ('*') are not supported in prompt files. Write the value out, or put the text in double quotes.",
            '!' => "Tags ('!') are not supported in prompt files. Put the text in double quotes.",
            '{' when !flow => "Mappings in braces are not supported in prompt files. Write one 'key: value' a line.",
            '[' or '{' when flow => "Only single values may stand in a list in brackets. Write one '- item' a line instead.",
            '[' => "A list in brackets may not stand here. Write one '- item' a line.",
            '}' or ']' or ',' => $"'{first}' cannot start a value. Put the text in double quotes.",
            '|' or '>' => "A block of text may not stand here. Put the text in double quotes.",
            '%' or '@' or '`' => $"'{first}' is reserved at the start of a value. Put the text in double quotes.",
            '?' when alone => "Keys that start with '?' are not supported in prompt files. Write 'key: value'.",
            '-' when alone => "A list item cannot stand here. Start it on a line of its own, or put the text in double quotes.",
            ':' when alone => "The key before the colon is empty.",
            _ => null,
        };
        if (message is not null)
        {
            throw text.Error(message, line, column);
        }

        if (column == 0 && (source == "..." || source.StartsWith("... ", StringComparison.Ordinal)))
        {
            throw text.Error("'...' is not supported in prompt files. End the front matter with '---'.", line, 0, 3);
        }
    }

    private void RefuseTab(int line, int column, string value)
    {
        int tab = value.IndexOf('\t');
        if (tab >= 0)
        {
            throw text.Error("A tab stands in text without quotes. Replace it by a space, or put the text in double quotes.", line, column + tab);
        }
    }

    private void RequireEnd(int line, int column, string what)
    {
        int next = text.SkipSpaces(line, column);
        if (!text.IsEnd(line, next))
        {
            throw text.Error($"Text follows {what}. Remove it, or put a space and '#' before a comment.", line, next, text[line].Length - next);
        }
    }
}
