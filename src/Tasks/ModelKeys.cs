using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;

namespace EdgeBuild.Tasks;

/// <summary>Content keys of docs/architecture.md. Not in them: paths, configuration, target framework, machine, package version.</summary>
internal static class ModelKeys
{
    /// <summary>The llama.cpp release that quantizes; another one may give other bytes.</summary>
    public const string LlamaCppRelease = "0.4.0";

    /// <summary>
    /// What stands in the key for a learning rate that the base's size chooses: the hash of the base, which is in the key too, says which one. It
    /// is the rate of the smallest bases, which once was that of all, so that their adapters need not be trained again.
    /// </summary>
    private const double AutomaticLearningRate = 0.001;

    private const string ImportanceVersion = "1";

    private static readonly PlannedRecipe _defaults = new();

    /// <summary>The part of an adapter key that one row gives.</summary>
    public static string RowText(string split, double weight, RowHash hash) =>
        string.Format(CultureInfo.InvariantCulture, "{0} {1:R} {2}", split, weight, hash);

    /// <summary>The key of an adapter.</summary>
    /// <param name="baseSha256">The hash of the base.</param>
    /// <param name="recipe">The settings.</param>
    /// <param name="prompts">Name, hash, whether test rows exist, and the training and validation rows of every prompt.</param>
    public static string Adapter(string baseSha256, PlannedRecipe recipe, IEnumerable<PromptKeyParts> prompts)
    {
        using var key = new ContentKey();
        key.Add("recipe version", PlannedRecipe.Version.ToString(CultureInfo.InvariantCulture))
            .Add("base", baseSha256)
            .Add("rank", recipe.Rank.ToString(CultureInfo.InvariantCulture))
            .Add("alpha", recipe.Alpha.ToString("R", CultureInfo.InvariantCulture))
            .Add("learning rate", (recipe.LearningRate > 0 ? recipe.LearningRate : AutomaticLearningRate).ToString("R", CultureInfo.InvariantCulture))
            .Add("batch size", recipe.BatchSize.ToString(CultureInfo.InvariantCulture))
            .Add("epochs", recipe.Epochs.ToString("R", CultureInfo.InvariantCulture))
            .Add("review passes", recipe.ReviewPasses.ToString(CultureInfo.InvariantCulture))
            .Add("seed", recipe.Seed.ToString(CultureInfo.InvariantCulture));
        foreach (KeyValuePair<string, string> setting in Chosen(recipe))
        {
            key.Add(setting.Key, setting.Value);
        }

        foreach (PromptKeyParts prompt in prompts)
        {
            // Without a Test set a part of the training rows is held back, so the same rows train another adapter.
            key.Add("prompt", prompt.Name).Add("hash", prompt.Hash).Add("held back", prompt.HasTestRows ? "no" : "yes");
            foreach (string row in prompt.Rows)
            {
                key.Add("row", row);
            }
        }

        return key.Finish();
    }

    /// <summary>Settings that came later than the first keys: at their defaults they are no part of a key, so that it stays what it was.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Chosen(PlannedRecipe recipe)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        (string Name, string Value, bool IsDefault)[] settings =
        [
            ("learning rate chosen by", "project", recipe.LearningRate <= 0),
            ("longest row", recipe.MaxLength.ToString(invariant), recipe.MaxLength == _defaults.MaxLength),
            ("target modules", recipe.TargetModules, recipe.TargetModules == _defaults.TargetModules),
            ("validation split", recipe.ValidationSplit.ToString("R", invariant), recipe.ValidationSplit.Equals(_defaults.ValidationSplit)),
            ("patience", recipe.Patience.ToString(invariant), recipe.Patience == _defaults.Patience),
            ("LoRA+ ratio", recipe.LoraPlusRatio.ToString("R", invariant), recipe.LoraPlusRatio.Equals(_defaults.LoraPlusRatio)),
            ("rsLoRA", "yes", !recipe.RsLora),
        ];
        return settings.Where(setting => !setting.IsDefault).Select(setting => new KeyValuePair<string, string>(setting.Name, setting.Value));
    }

    /// <summary>The key of a plain model. Its manifest names the prompts, so their hashes are part of it.</summary>
    public static string Plain(string baseSha256, string quantization, string name, IEnumerable<PromptKeyParts> prompts)
    {
        using ContentKey key = new ContentKey()
            .Add("base", baseSha256)
            .Add("quantization", quantization.ToUpperInvariant())
            .Add("llama.cpp", LlamaCppRelease)
            .Add("name", name);
        foreach (PromptKeyParts prompt in prompts)
        {
            key.Add("prompt", prompt.Name).Add("hash", prompt.Hash);
        }

        return key.Finish();
    }

    /// <summary>The key of an adapter's file with its figures, which were measured on the plain model.</summary>
    public static string AdapterFile(string adapterKey, string plainModelKey, string name)
    {
        using var key = new ContentKey();
        return key.Add("adapter", adapterKey).Add("plain model", plainModelKey).Add("name", name).Finish();
    }

    /// <summary>The key of a quantized model. Its name is part of it, since the entry's files are called after it.</summary>
    /// <remarks>The rows that tell the importance of inputs are those of the adapter; which of them, and how many, is the version.</remarks>
    public static string Model(string adapterKey, string quantization, PlannedGates gates, string name)
    {
        using var key = new ContentKey();
        key.Add("adapter", adapterKey)
            .Add("quantization", quantization.ToUpperInvariant())
            .Add("llama.cpp", LlamaCppRelease)
            .Add("name", name);
        if (QuantizationNames.UsesImportance(quantization))
        {
            key.Add("importance version", ImportanceVersion);
        }

        if (QuantizationNames.IsAuto(quantization))
        {
            key.Add("largest loss", gates.MaxQuantizationLoss?.ToString("R", CultureInfo.InvariantCulture) ?? "default");
        }

        return key.Finish();
    }
}
