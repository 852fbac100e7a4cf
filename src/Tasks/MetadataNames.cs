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
        "MinAccuracy", "MinF1", "MinRougeL", "MinChrf", "MinFieldAccuracy", "MaxRegression", "Rank", "Alpha", "LearningRate", "BatchSize", "Epochs", "ReviewPasses", "Seed",
        "MaxLength", "TargetModules", "ValidationSplit", "Patience", "LoraPlusRatio", "RsLora",
    ];

    /// <summary>Gets the metadata of each item; property pages and the input file of the build are held against it.</summary>
    public static IReadOnlyDictionary<string, string[]> Known { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["EdgeBase"] = ["Source", "Sha256", "License"],
        // Spreading an array would need System.Memory, which MSBuild of .NET Framework has in a version of its own.
        ["EdgeModel"] = _trained.Concat(["Base", "Quantization", "Delivery", "MaxQuantizationLoss", "TokenPrice"]).ToArray(),
        ["EdgeAdapter"] = _trained.Concat(["Model"]).ToArray(),
        ["EdgePrompt"] = ["Model", "Namespace", "ClientName"],
        ["EdgeDataset"] = ["Prompt", "Adapter", "Split", "Weight"],
    };

    /// <summary>Checks the items of a type.</summary>
    public void Check(string itemType, IEnumerable<ITaskItem> items)
    {
        string[] known = Known[itemType];
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
