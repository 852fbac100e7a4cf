using EdgeBuild.Contracts.Plans;

namespace EdgeBuild.Tasks;

/// <summary>One adapter that is loaded onto a plain model at run time.</summary>
/// <param name="Name">Its name; that of the model for calls that name no adapter.</param>
/// <param name="Recipe">The settings.</param>
/// <param name="Gates">The gates.</param>
/// <param name="Prompts">The prompts that it has rows of, by name.</param>
internal sealed record AdapterDefinition(string Name, PlannedRecipe Recipe, PlannedGates Gates, IReadOnlyList<PromptDefinition> Prompts);
