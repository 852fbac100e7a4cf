namespace EdgeBuild.Prompts;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who says it; not the system.</param>
/// <param name="Text">What is said.</param>
public sealed record ChatTurn(PromptRole Role, string Text);
