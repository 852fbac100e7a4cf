namespace EdgeBuild.Prompts;

/// <summary>One part of a nested value's text that is turned into tokens on its own.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsValue">Whether the model writes it: the text of a string, a number, a label.</param>
/// <param name="Alternatives">The texts that could stand in its place, itself included; empty for a value and for text that always stands there.</param>
public sealed record AnswerSegment(string Text, bool IsValue, IReadOnlyList<string> Alternatives);
