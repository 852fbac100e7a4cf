namespace EdgeBuild.Generators.Models;

/// <summary>What came of one prompt file.</summary>
/// <param name="Path">The path of the file.</param>
/// <param name="Client">The client; null when something is wrong.</param>
/// <param name="Findings">What is wrong.</param>
internal sealed record PromptOutcome(string Path, ClientModel? Client, EquatableArray<Finding> Findings);
