using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.Prompts;
using Microsoft.Build.Framework;

namespace EdgeBuild.Tasks;

/// <summary>Reads the settings among an item's metadata.</summary>
/// <param name="origin">Places items for errors.</param>
/// <param name="itemType">The type of the item.</param>
/// <param name="item">The item.</param>
/// <param name="fallbackType">The type of the item that gives what is left empty; null for none.</param>
/// <param name="fallback">That item.</param>
internal sealed class SettingReader(ItemOrigin origin, string itemType, ITaskItem item, string? fallbackType = null, ITaskItem? fallback = null)
{
    /// <summary>The linear layers of all architectures that can be trained; which of them a base has is known when it is loaded.</summary>
    private static readonly string[] _modules = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "qkv_proj", "gate_up_proj"];

    private static readonly PlannedRecipe _defaults = new();

    /// <summary>Reads the recipe of an EdgeModel; what is left empty takes the default.</summary>
    /// <exception cref="EdgeBuildException">EDGE2003.</exception>
    public PlannedRecipe ReadRecipe() => new()
    {
        Rank = Whole("Rank", 1, 512) ?? _defaults.Rank,
        Alpha = Number("Alpha", 0.001, 4096, ErrorCodes.InvalidRecipe) ?? _defaults.Alpha,
        LearningRate = Number("LearningRate", 1e-8, 1, ErrorCodes.InvalidRecipe) ?? _defaults.LearningRate,
        BatchSize = Whole("BatchSize", 1, 4096) ?? _defaults.BatchSize,
        Epochs = Number("Epochs", 0, 1000, ErrorCodes.InvalidRecipe) ?? _defaults.Epochs,
        ReviewPasses = Whole("ReviewPasses", 0, 1000) ?? _defaults.ReviewPasses,
        Seed = Whole("Seed", 0, int.MaxValue) ?? _defaults.Seed,
        MaxLength = Whole("MaxLength", 16, 1 << 20) ?? _defaults.MaxLength,
        TargetModules = Modules("TargetModules"),
        ValidationSplit = Number("ValidationSplit", 0.01, 0.5, ErrorCodes.InvalidRecipe) ?? _defaults.ValidationSplit,
        Patience = Whole("Patience", 0, 1000) ?? _defaults.Patience,
        LoraPlusRatio = Number("LoraPlusRatio", 0.01, 1000, ErrorCodes.InvalidRecipe) ?? _defaults.LoraPlusRatio,
        RsLora = Truth("RsLora") ?? _defaults.RsLora,
    };

    /// <summary>Reads the gates. Those for a kind of output that no prompt has judge nothing, and are left out.</summary>
    /// <param name="prompts">The prompts whose answers they judge.</param>
    /// <exception cref="EdgeBuildException">EDGE0001.</exception>
    public PlannedGates ReadGates(IEnumerable<PromptDefinition> prompts)
    {
        PromptOutput[] outputs = [.. prompts.SelectMany(prompt => prompt.Document.Outputs)];
        return new PlannedGates(Share("MinAccuracy"), Share("MaxRegression"))
        {
            MinF1 = For("MinF1", output => output.IsLabelled),
            MinRougeL = For("MinRougeL", IsText),
            MinChrf = For("MinChrf", IsText),
            MinFieldAccuracy = For("MinFieldAccuracy", output => output is { Tools.Count: 0, Kind: PromptValueKind.Array or PromptValueKind.Object }),
            MaxQuantizationLoss = Share("MaxQuantizationLoss"),
        };

        static bool IsText(PromptOutput output) => output is { Kind: PromptValueKind.String, IsLabelled: false };

        double? Share(string name) => Number(name, 0, 1, ErrorCodes.InvalidProjectItem);

        double? For(string name, Func<PromptOutput, bool> judges) => Share(name) is { } gate && outputs.Any(judges) ? gate : null;
    }

    /// <summary>Reads a number.</summary>
    /// <returns>The number, or null when the metadata is empty.</returns>
    /// <exception cref="EdgeBuildException">It is no number, or out of range.</exception>
    public double? Number(string name, double least, double most, string code)
    {
        string text = Text(name);
        if (text.Length == 0)
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= least && number <= most
            ? number
            : throw OutOfRange(name, text, "a number", least, most, code);
    }

    private int? Whole(string name, int least, int most)
    {
        string text = Text(name);
        if (text.Length == 0)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw OutOfRange(name, text, "a whole number", least, most, ErrorCodes.InvalidRecipe);
    }

    private string Text(string name) => Owner(name).Item.GetMetadata(name).Trim();

    private (string Type, ITaskItem Item) Owner(string name) =>
        fallback is not null && item.GetMetadata(name).Trim().Length == 0 ? (fallbackType!, fallback) : (itemType, item);

    private bool? Truth(string name)
    {
        string text = Text(name);
        return text.Length == 0 ? null : bool.TryParse(text, out bool value) ? value : throw Invalid(name, text, "must be true or false");
    }

    /// <summary>Order and repetitions have no meaning, so they are not part of the value, and by it of the key.</summary>
    private string Modules(string name)
    {
        string[] modules = [.. Text(name).Split(';', ',').Select(module => module.Trim()).Where(module => module.Length > 0)];
        string? unknown = modules.FirstOrDefault(module => !_modules.Contains(module, StringComparer.Ordinal));
        return unknown is null
            ? string.Join(",", modules.Distinct(StringComparer.Ordinal).OrderBy(module => module, StringComparer.Ordinal))
            : throw Invalid(name, unknown, $"must name linear layers: {string.Join(", ", _modules)}.{NearestName.Suggest(unknown, _modules)} Several are parted by commas; empty means all");
    }

    private EdgeBuildException Invalid(string name, string text, string rule, string code = ErrorCodes.InvalidRecipe)
    {
        (string type, ITaskItem owner) = Owner(name);
        return origin.Error(code, type, owner, $"{name}=\"{text}\" of the {type} '{owner.ItemSpec}' {rule}.");
    }

    private EdgeBuildException OutOfRange(string name, string text, string kind, double least, double most, string code) =>
        Invalid(name, text, string.Format(CultureInfo.InvariantCulture, "must be {0} from {1} to {2}", kind, least, most), code);
}
