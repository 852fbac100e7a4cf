using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;

namespace EdgeBuild.LanguageServer.Projects;

/// <summary>What the last real build of a project has written about its models.</summary>
/// <param name="ProjectFile">The csproj.</param>
/// <param name="Plans">The plans under obj/edge.</param>
/// <param name="Lock">The lock file; null when there is none that can be read.</param>
internal sealed record EdgeProject(string ProjectFile, IReadOnlyList<TrainingPlan> Plans, LockFile? Lock)
{
    /// <summary>Gets the folder of the project.</summary>
    public string Directory => Path.GetDirectoryName(ProjectFile)!;

    /// <summary>Finds the plans of a prompt file: of its model, and of the adapters that have rows of it.</summary>
    public IEnumerable<(TrainingPlan Plan, PlannedPrompt Prompt)> PlansOfPrompt(string path) => Plans
        .SelectMany(plan => plan.Prompts.Where(prompt => SamePath(prompt.Path, path)).Select(prompt => (plan, prompt)));

    /// <summary>Finds the plans that read a dataset file.</summary>
    public IEnumerable<(TrainingPlan Plan, PlannedPrompt Prompt, PlannedDataset Dataset)> PlansOfDataset(string path) => Plans
        .SelectMany(plan => plan.Prompts.SelectMany(prompt => prompt.Datasets.Where(dataset => SamePath(dataset.Path, path)).Select(dataset => (plan, prompt, dataset))));

    /// <summary>Tells whether a prompt or dataset is one of the project.</summary>
    public bool Has(string path) => PlansOfPrompt(path).Any() || PlansOfDataset(path).Any();

    /// <summary>Gets the datasets of a prompt file, each once.</summary>
    public IReadOnlyList<PlannedDataset> DatasetsOf(string promptPath) =>
        [.. PlansOfPrompt(promptPath).SelectMany(entry => entry.Prompt.Datasets).DistinctBy(dataset => (dataset.Path, dataset.Split))];

    private static bool SamePath(string left, string right) => string.Equals(
        Path.GetFullPath(left), Path.GetFullPath(right), OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
}
