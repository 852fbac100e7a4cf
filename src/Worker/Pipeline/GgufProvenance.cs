using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using static System.FormattableString;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>
/// Where a model comes from, as metadata of its file: whoever finds the file can tell what it was made of. Nothing is in it that is not in the
/// content key, so that the same inputs still give the same bytes.
/// </summary>
public static class GgufProvenance
{
    /// <summary>The prefix of the keys.</summary>
    public const string Prefix = "edgebuild.";

    /// <summary>Gets the facts.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="quantization">The quantization of the file; never <c>Auto</c>.</param>
    /// <param name="adapterPath">The adapter, whose rows are listed beside it; null for a plain model.</param>
    /// <returns>Names and values.</returns>
    public static IReadOnlyList<KeyValuePair<string, string>> Facts(TrainingPlan plan, string quantization, string? adapterPath)
    {
        string? rows = adapterPath is null ? null : Path.Combine(Path.GetDirectoryName(adapterPath)!, ParentAdapter.RowsFileName);
        PlannedRecipe recipe = plan.Recipe;
        KeyValuePair<string, string>[] facts =
        [
            new("base.name", plan.Base.Name),
            new("base.sha256", plan.Base.Sha256),
            new("base.license", plan.Base.License),
            new("model.key", plan.ModelKey),
            new("adapter.key", plan.AdapterKey),
            new("data.sha256", File.Exists(rows) ? ContentKey.OfFile(rows) : string.Empty),
            new("recipe", adapterPath is null ? string.Empty : Invariant($"version {PlannedRecipe.Version}, rank {recipe.Rank}, alpha {recipe.Alpha}, learning rate {recipe.LearningRate}, batch {recipe.BatchSize}, epochs {recipe.Epochs}, review passes {recipe.ReviewPasses}, seed {recipe.Seed}; 0 is chosen by the build")),
            new("quantization", quantization),
            new("llama.cpp", LlamaCppRelease.Version),
        ];
        return [.. facts.Where(fact => fact.Value.Length > 0)];
    }

    /// <summary>Adds the facts to a file.</summary>
    /// <param name="writer">The file.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="quantization">The quantization of the file.</param>
    /// <param name="adapterPath">The adapter; null for a plain model.</param>
    public static void Write(GgufWriter writer, TrainingPlan plan, string quantization, string? adapterPath)
    {
        foreach (KeyValuePair<string, string> fact in Facts(plan, quantization, adapterPath))
        {
            writer.Set(Prefix + fact.Key, fact.Value);
        }
    }
}
