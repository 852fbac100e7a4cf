using EdgeBuild.Contracts.Plans;
using EdgeBuild.Prompts;

namespace EdgeBuild.Tasks;

/// <summary>One EdgePrompt with its datasets.</summary>
/// <param name="Document">The prompt.</param>
/// <param name="Path">The absolute path.</param>
/// <param name="DisplayPath">The path as the project names it.</param>
/// <param name="Datasets">The files, in the order of the project.</param>
internal sealed record PromptDefinition(PromptDocument Document, string Path, string DisplayPath, IReadOnlyList<PlannedDataset> Datasets);
