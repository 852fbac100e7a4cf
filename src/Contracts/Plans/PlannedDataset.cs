namespace EdgeBuild.Contracts.Plans;

/// <summary>One dataset file of a prompt.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="DisplayPath">The path as the project names it, for messages.</param>
/// <param name="Split"><c>Train</c>, <c>Validation</c> or <c>Test</c>.</param>
/// <param name="Weight">How much a row counts in the loss; 1 is the rule.</param>
public sealed record PlannedDataset(string Path, string DisplayPath, string Split, double Weight);
