namespace EdgeBuild.Contracts.Plans;

/// <summary>One prompt of a model with its data.</summary>
public sealed record PlannedPrompt
{
    /// <summary>Gets the prompt's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the absolute path of the prompt file.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the path as the project names it, for messages.</summary>
    public required string DisplayPath { get; init; }

    /// <summary>Gets the labels by output, as they are frozen in the lock file.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Labels { get; init; }

    /// <summary>Gets the datasets.</summary>
    public required IReadOnlyList<PlannedDataset> Datasets { get; init; }

    /// <summary>Gets the hash of the test rows in canonical form; empty without a Test dataset.</summary>
    public required string TestRowsHash { get; init; }
}
