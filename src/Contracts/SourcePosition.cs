namespace EdgeBuild.Contracts;

/// <summary>A place in a text file; lines and columns count from 1, columns in UTF-16 units. Zero means unknown.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="EndLine">The line of the end, or 0.</param>
/// <param name="EndColumn">The column after the last character, or 0.</param>
public readonly record struct SourcePosition(int Line, int Column, int EndLine = 0, int EndColumn = 0);
