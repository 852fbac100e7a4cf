using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts;

/// <summary>One message of the body.</summary>
/// <param name="Role">Who says it.</param>
/// <param name="Parts">Literal text and placeholders in order; blank lines around the message are trimmed, line ends are LF.</param>
/// <param name="Position">The place of the role marker.</param>
public sealed record PromptMessage(PromptRole Role, IReadOnlyList<PromptPart> Parts, SourcePosition Position);
