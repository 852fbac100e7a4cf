using System.Text;

namespace EdgeBuild.Generators.Writing;

/// <summary>Collects lines of code with indentation and LF line ends.</summary>
internal sealed class CodeWriter
{
    private const int IndentationWidth = 4;

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
