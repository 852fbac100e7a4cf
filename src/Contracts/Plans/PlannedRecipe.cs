namespace EdgeBuild.Contracts.Plans;

/// <summary>The settings of a training; every one is part of the adapter key. Defaults are those of docs/recipe.md.</summary>
public sealed record PlannedRecipe
{
    /// <summary>The version that rises only when the same settings give other results on purpose.</summary>
    public const int Version = 3;

    /// <summary>Gets the rank of the adapter; a multiple of 16 runs fastest in llama.cpp.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Gets alpha; the adapter is scaled by alpha / rank, with <see cref="RsLora"/> by alpha / √rank.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Gets the peak learning rate; 0 chooses by the size of the base.</summary>
    public double LearningRate { get; init; }

    /// <summary>Gets the number of rows in a step.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Gets the number of passes over the rows; 0 chooses by the number of rows.</summary>
    public double Epochs { get; init; }

    /// <summary>Gets the passes over the hardest rows that follow.</summary>
    public int ReviewPasses { get; init; } = 1;

    /// <summary>Gets the seed of initialization and order.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Gets the most tokens of a row, prompt and answer together; 0 for the context that the base was made for.</summary>
    public int MaxLength { get; init; }

    /// <summary>Gets the modules to adapt, by their Hugging Face names, in ordinal order and parted by commas; empty for all linear layers.</summary>
    public string TargetModules { get; init; } = string.Empty;

    /// <summary>Gets the share of the training rows that is held back for validation when there are no Validation rows.</summary>
    public double ValidationSplit { get; init; } = 0.08;

    /// <summary>Gets the number of validations without improvement that end the training; 0 for none.</summary>
    public int Patience { get; init; }

    /// <summary>Gets the factor of the learning rate for B (LoRA+).</summary>
    public double LoraPlusRatio { get; init; } = 3;

    /// <summary>Gets a value indicating whether the adapter is scaled by alpha / √rank (rsLoRA).</summary>
    public bool RsLora { get; init; }
}
