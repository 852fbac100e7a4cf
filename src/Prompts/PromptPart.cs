using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts;

/// <summary>A piece of a message: literal text or a placeholder.</summary>
/// <param name="Text">The literal text; for a placeholder the dotted path between its braces.</param>
/// <param name="IsPlaceholder">Whether a value takes the place of this part.</param>
/// <param name="Position">The place in the file.</param>
public sealed record PromptPart(string Text, bool IsPlaceholder, SourcePosition Position);
