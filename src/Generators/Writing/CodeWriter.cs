using System.Text;

namespace EdgeBuild.Generators.Writing;

/// <summary>Collects lines of code with indentation and LF line ends.</summary>
internal sealed class CodeWriter
{
    private const int IndentationWidth = 4;
    private const int LongestLine = 140;

    private readonly StringBuilder _text = new();
    private int _indentation;

    /// <summary>Adds a line.</summary>
    public CodeWriter Line(string line = "")
    {
        if (line.Length > 0)
        {
            _text.Append(' ', _indentation * IndentationWidth).Append(line);
        }

        _text.Append('\n');
        return this;
    }

    /// <summary>Adds a declaration with parameters: on one line when it is short, else a line a parameter.</summary>
    /// <param name="declaration">The declaration; its first parenthesis opens the parameters.</param>
    public CodeWriter Declaration(string declaration)
    {
        int start = declaration.IndexOf('(') + 1;
        if (declaration.Length + (_indentation * IndentationWidth) <= LongestLine || declaration[start] == ')')
        {
            return Line(declaration);
        }

        Line(declaration.Substring(0, start)).Indent();
        int depth = 0;
        int begin = start;
        for (int index = start; depth >= 0; index++)
        {
            depth += declaration[index] switch { '(' or '<' => 1, ')' or '>' => -1, _ => 0 };
            if (declaration[index] == ',' && depth == 0)
            {
                Line(declaration.Substring(begin, index + 1 - begin).TrimStart());
                begin = index + 1;
            }
        }

        return Line(declaration.Substring(begin).TrimStart()).Outdent();
    }

    /// <summary>Opens a block in braces.</summary>
    public CodeWriter Open() => Line("{").Indent();

    /// <summary>Closes a block.</summary>
    /// <param name="suffix">What follows the brace.</param>
    public CodeWriter Close(string suffix = "") => Outdent().Line("}" + suffix);

    /// <summary>Indents what follows.</summary>
    public CodeWriter Indent()
    {
        _indentation++;
        return this;
    }

    /// <summary>Ends an indentation.</summary>
    public CodeWriter Outdent()
    {
        _indentation--;
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
