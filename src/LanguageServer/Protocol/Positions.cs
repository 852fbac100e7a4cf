using EdgeBuild.Contracts;

namespace EdgeBuild.LanguageServer.Protocol;

/// <summary>A place between two UTF-16 units of a document; both numbers count from 0 (LSP 3.17, Position).</summary>
internal readonly record struct Position(int Line, int Character) : IComparable<Position>
{
    public int CompareTo(Position other) => Line != other.Line ? Line.CompareTo(other.Line) : Character.CompareTo(other.Character);
}

/// <summary>A part of a document; the end is exclusive (LSP 3.17, Range).</summary>
internal readonly record struct Range(Position Start, Position End)
{
    /// <summary>Takes over a place of the parsers, which count from 1.</summary>
    public static Range From(SourcePosition position)
    {
        var start = new Position(Math.Max(0, position.Line - 1), Math.Max(0, position.Column - 1));
        return new Range(start, position.EndLine > 0 ? new Position(position.EndLine - 1, Math.Max(0, position.EndColumn - 1)) : start);
    }

    public bool Contains(Position position) => Start.CompareTo(position) <= 0 && position.CompareTo(End) <= 0;
}

/// <summary>A part of a file.</summary>
internal sealed record Location(string Uri, Range Range);

internal sealed record TextDocumentIdentifier(string Uri);

internal sealed record VersionedTextDocumentIdentifier(string Uri, int? Version);

internal record TextDocumentParams(TextDocumentIdentifier TextDocument);

internal record PositionParams(TextDocumentIdentifier TextDocument, Position Position);
