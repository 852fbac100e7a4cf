using EdgeBuild.Contracts;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Diagnostic = EdgeBuild.Contracts.Diagnostic;

namespace EdgeBuild.Generators.Models;

/// <summary>Something wrong with a file, as a value; <see cref="ToDiagnostic"/> makes the compiler's diagnostic at the very end.</summary>
/// <param name="Code">The code.</param>
/// <param name="Message">The text.</param>
/// <param name="Path">The file.</param>
/// <param name="Position">The place; lines and columns from 1.</param>
/// <param name="Start">The offset of the place in the file's text.</param>
/// <param name="Length">The number of characters.</param>
internal sealed record Finding(string Code, string Message, string Path, SourcePosition Position, int Start, int Length)
{
    /// <summary>Takes a finding over from the parser.</summary>
    /// <param name="diagnostic">The finding.</param>
    /// <param name="text">The text of the file.</param>
    public static Finding From(Diagnostic diagnostic, string text)
    {
        SourcePosition position = diagnostic.Position.Line == 0 ? new SourcePosition(1, 1) : diagnostic.Position;
        if (position.EndLine == 0)
        {
            position = position with { EndLine = position.Line, EndColumn = position.Column };
        }

        int start = Offset(text, position.Line, position.Column);
        int end = Math.Max(start, Offset(text, position.EndLine, position.EndColumn));
        return new Finding(diagnostic.Code, diagnostic.Message, diagnostic.Path, position, start, end - start);
    }

    /// <summary>The compiler's diagnostic.</summary>
    public Microsoft.CodeAnalysis.Diagnostic ToDiagnostic()
    {
        var lines = new LinePositionSpan(
            new LinePosition(Position.Line - 1, Position.Column - 1),
            new LinePosition(Position.EndLine - 1, Position.EndColumn - 1));
        return Microsoft.CodeAnalysis.Diagnostic.Create(Descriptors.ByCode[Code], Location.Create(Path, new TextSpan(Start, Length), lines), Message);
    }

    private static int Offset(string text, int line, int column)
    {
        int offset = 0;
        for (int current = 1; current < line && offset < text.Length; offset++)
        {
            bool windowsLineEnd = text[offset] == '\r' && offset + 1 < text.Length && text[offset + 1] == '\n';
            if (text[offset] is '\n' or '\r' && !windowsLineEnd)
            {
                current++;
            }
        }

        return Math.Min(offset + column - 1, text.Length);
    }
}
