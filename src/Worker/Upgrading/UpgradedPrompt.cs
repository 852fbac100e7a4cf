namespace EdgeBuild.Worker.Upgrading;

/// <summary>What <see cref="PromptUpgrade"/> made of a file.</summary>
/// <param name="Text">The text to write; the text that was read when the file is not v1.</param>
/// <param name="IsVersion1">Whether the file was v1.</param>
/// <param name="Notes">What was left out or guessed, one sentence each.</param>
public sealed record UpgradedPrompt(string Text, bool IsVersion1, IReadOnlyList<string> Notes);
