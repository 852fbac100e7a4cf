using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using Microsoft.Build.Framework;

namespace EdgeBuild.Tasks;

/// <summary>Reads the numbers among an item's metadata.</summary>
/// <param name="origin">Places items for errors.</param>
/// <param name="itemType">The type of the item.</param>
/// <param name="item">The item.</param>
internal sealed class SettingReader(ItemOrigin origin, string itemType, ITaskItem item)
{
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
    };

    /// <summary>Reads the gates of an EdgeModel.</summary>
    /// <exception cref="EdgeBuildException">EDGE0001.</exception>
    public PlannedGates ReadGates() =>
        new(Number("MinAccuracy", 0, 1, ErrorCodes.InvalidProjectItem), Number("MaxRegression", 0, 1, ErrorCodes.InvalidProjectItem));

    /// <summary>Reads a number.</summary>
    /// <returns>The number, or null when the metadata is empty.</returns>
    /// <exception cref="EdgeBuildException">It is no number, or out of range.</exception>
    public double? Number(string name, double least, double most, string code)
    {
        string text = item.GetMetadata(name).Trim();
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
        string text = item.GetMetadata(name).Trim();
        if (text.Length == 0)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw OutOfRange(name, text, "a whole number", least, most, ErrorCodes.InvalidRecipe);
    }

    private EdgeBuildException OutOfRange(string name, string text, string kind, double least, double most, string code) => origin.Error(
        code,
        itemType,
        item,
        string.Format(CultureInfo.InvariantCulture, "{0}=\"{1}\" of the {2} '{3}' must be {4} from {5} to {6}.", name, text, itemType, item.ItemSpec, kind, least, most));
}
