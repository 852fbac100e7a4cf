namespace EdgeBuild.Data;

/// <summary>One line of a text file.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Text">The text without the line end.</param>
/// <param name="LineEnd"><c>\n</c>, <c>\r\n</c>, or nothing at the end of the file.</param>
internal readonly record struct TextLine(int Number, string Text, string LineEnd);
