namespace EdgeBuild.Data;

/// <summary>The values of <c>Split</c> of an EdgeDataset.</summary>
public static class DatasetSplits
{
    /// <summary>Rows that are trained on.</summary>
    public const string Train = "Train";

    /// <summary>Rows that choose the moment at which training stops.</summary>
    public const string Validation = "Validation";

    /// <summary>Rows that are only measured.</summary>
    public const string Test = "Test";

    /// <summary>Gets all, in the order in which they are read: labels come from the training rows, so these are first.</summary>
    public static IReadOnlyList<string> All { get; } = [Train, Validation, Test];
}
