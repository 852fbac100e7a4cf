using EdgeBuild.Contracts;
using EdgeBuild.Data;
using Microsoft.Build.Framework;

namespace EdgeBuild.Tasks;

/// <summary>
/// Finds misspelt metadata. MSBuild lets an item carry any, so a <c>LearningRat</c> would silently train with the default. Names that resemble
/// none of ours are the user's own.
/// </summary>
/// <param name="origin">Places items for errors.</param>
/// <param name="report">Receives EDGE0001.</param>
internal sealed class MetadataNames(ItemOrigin origin, Action<Diagnostic> report)
{
    private static readonly string[] _trained =
    [
        "MinAccuracy", "MaxRegression", "Rank", "Alpha", "LearningRate", "BatchSize", "Epochs", "ReviewPasses", "Seed",
        "MaxLength", "TargetModules", "ValidationSplit", "Patience", "LoraPlusRatio", "RsLora",
    ];

    private static readonly Dictionary<string, string[]> _known = new(StringComparer.Ordinal)
    {
        ["EdgeBase"] = ["Source", "Sha256", "License"],
        ["EdgeModel"] = ["Base", "Quantization", "Delivery", .. _trained],
        ["EdgeAdapter"] = ["Model", .. _trained],
        ["EdgePrompt"] = ["Model", "Namespace", "ClientName"],
        ["EdgeDataset"] = ["Prompt", "Adapter", "Split", "Weight"],
    };

    /// <summary>Checks the items of a type.</summary>
    public void Check(string itemType, IEnumerable<ITaskItem> items)
    {
        string[] known = _known[itemType];
        foreach (ITaskItem item in items)
        {
            foreach (string name in item.CloneCustomMetadata().Keys.Cast<string>().Where(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase)))
            {
                if (NearestName.Find(name, known) is { } nearest && item.GetMetadata(nearest).Length == 0)
                {
                    report(origin.Error(
                        ErrorCodes.InvalidProjectItem, itemType, item, $"The metadata '{name}' of the {itemType} '{item.ItemSpec}' is not known. Did you mean '{nearest}'? Rename it, or remove it.").ToDiagnostic());
                }
            }
        }
    }
}
