namespace EdgeBuild.Contracts.Plans;

/// <summary>The settings of a training; every one is part of the adapter key. Defaults are those of docs/recipe.md.</summary>
public sealed record PlannedRecipe
{
    /// <summary>The version that rises only when the same settings give other results on purpose.</summary>
    public const int Version = 2;

    /// <summary>Gets the rank of the adapter; a multiple of 16 runs fastest in llama.cpp.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Gets alpha; the adapter is scaled by alpha / rank.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Gets the peak learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Gets the number of rows in a step.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Gets the number of passes over the rows; 0 chooses by the number of rows.</summary>
    public double Epochs { get; init; }

    /// <summary>Gets the passes over the hardest rows that follow.</summary>
    public int ReviewPasses { get; init; } = 1;

    /// <summary>Gets the seed of initialization and order.</summary>
    public int Seed { get; init; } = 42;
}
