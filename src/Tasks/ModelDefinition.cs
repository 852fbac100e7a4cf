using EdgeBuild.Contracts.Plans;

namespace EdgeBuild.Tasks;

/// <summary>One EdgeModel with all that refers to it; every reference is resolved and every setting parsed.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Base">Its base; the hash is empty when the project does not pin it.</param>
/// <param name="Quantization">The quantization as asked for.</param>
/// <param name="Recipe">The settings.</param>
/// <param name="Gates">The gates.</param>
/// <param name="TokenPrice">The price of a million tokens elsewhere, for the report; 0 for none.</param>
/// <param name="Prompts">Its prompts, by name, with the rows that belong to no adapter.</param>
/// <param name="Adapters">The adapters of a plain model; null for one merged file.</param>
internal sealed record ModelDefinition(
    string Name,
    PlannedBase Base,
    string Quantization,
    PlannedRecipe Recipe,
    PlannedGates Gates,
    double TokenPrice,
    IReadOnlyList<PromptDefinition> Prompts,
    IReadOnlyList<AdapterDefinition>? Adapters);
