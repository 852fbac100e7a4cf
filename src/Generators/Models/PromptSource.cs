namespace EdgeBuild.Generators.Models;

/// <summary>All that one client is made from.</summary>
/// <param name="Prompt">The prompt file.</param>
/// <param name="Lock">What the lock file says about this prompt.</param>
/// <param name="Settings">The project's settings.</param>
internal sealed record PromptSource(ParsedPrompt Prompt, LockContent Lock, ProjectSettings Settings);
