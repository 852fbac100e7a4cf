using Microsoft.Build.Framework;

namespace EdgeBuild.Tasks;

/// <summary>The items of a project as MSBuild hands them over.</summary>
/// <param name="ProjectFile">The project.</param>
/// <param name="Bases">EdgeBase, the embedded one included.</param>
/// <param name="Models">EdgeModel.</param>
/// <param name="Prompts">EdgePrompt.</param>
/// <param name="Datasets">EdgeDataset.</param>
/// <param name="Adapters">EdgeAdapter.</param>
internal sealed record ProjectItems(
    string ProjectFile,
    IReadOnlyList<ITaskItem> Bases,
    IReadOnlyList<ITaskItem> Models,
    IReadOnlyList<ITaskItem> Prompts,
    IReadOnlyList<ITaskItem> Datasets,
    IReadOnlyList<ITaskItem> Adapters);
