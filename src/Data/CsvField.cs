using EdgeBuild.Contracts;

namespace EdgeBuild.Data;

/// <summary>One field of a CSV record.</summary>
/// <param name="Text">The text without enclosing quotes.</param>
/// <param name="Position">The first character in the file, the opening quote included, and the end.</param>
internal readonly record struct CsvField(string Text, SourcePosition Position);
