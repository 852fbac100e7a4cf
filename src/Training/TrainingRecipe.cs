using System.Globalization;
using EdgeBuild.Contracts;

namespace EdgeBuild.Training;

/// <summary>The settings of a run. The reasons for the defaults stand in docs/recipe.md.</summary>
public sealed record TrainingRecipe
{
    /// <summary>Gets the rank of every adapter matrix pair.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>Gets α; the update is scaled by α / rank, or by α / √rank with <see cref="RankStabilized"/>.</summary>
    public double Alpha { get; init; } = 32;

    /// <summary>Gets a value indicating whether the scale is α / √rank (rsLoRA).</summary>
    public bool RankStabilized { get; init; }

    /// <summary>Gets the highest learning rate.</summary>
    public double LearningRate { get; init; } = 5e-4;

    /// <summary>Gets the rows of an optimizer step.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Gets the passes over the rows; may be a fraction.</summary>
    public double Epochs { get; init; } = 3;

    /// <summary>
    /// Gets the passes that follow <see cref="Epochs"/> and take only the hardest rows: those that lost most when they were last trained on.
    /// Forward and backward of a row that the model knows cost as much as of one that it does not (Jiang et al., "Accelerating deep learning
    /// by focusing on the biggest losers", arXiv 1910.00762).
    /// </summary>
    public int ReviewPasses { get; init; }

    /// <summary>Gets the share of the rows that a review pass takes, above 0 and at most 1.</summary>
    public double ReviewShare { get; init; } = 0.3;

    /// <summary>Gets the share of steps in which the learning rate rises linearly.</summary>
    public double WarmupRatio { get; init; } = 0.05;

    /// <summary>Gets the learning rate at the end as a share of the highest; between them lies half a cosine.</summary>
    public double FinalLearningRateRatio { get; init; }

    /// <summary>Gets AdamW's decoupled weight decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Gets the largest global norm of the gradient; 0 does not clip.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Gets the factor of the learning rate for B (LoRA+); 1 treats A and B alike.</summary>
    public double LoraPlusRatio { get; init; } = 1;

    /// <summary>
    /// Gets the weight of the loss over the answer's tokens in rows that label heads answer too, whose loss has the weight 1. It keeps the
    /// model able to write its answers as text.
    /// </summary>
    public double TokenLossWeight { get; init; } = 1;

    /// <summary>Gets the learning rate of label heads as a factor of <see cref="LearningRate"/>.</summary>
    public double HeadLearningRateRatio { get; init; } = 1;

    /// <summary>Gets the seed of the order of the rows.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Gets the number format of matrix products.</summary>
    public ComputeType ComputeType { get; init; } = ComputeType.Auto;

    /// <summary>Gets how many validations without improvement end the run; 0 never does.</summary>
    public int Patience { get; init; }

    /// <summary>Gets the number of validations in a pass over the rows.</summary>
    public int ValidationsPerEpoch { get; init; } = 1;

    /// <summary>Gets the modules to adapt by their Hugging Face names (for example <c>q_proj</c>), or null for all linear layers.</summary>
    public IReadOnlyList<string>? TargetModules { get; init; }

    /// <summary>Gets the time after which the run ends, or null. The learning rate falls in time for it.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>Checks every setting.</summary>
    /// <exception cref="EdgeBuildException">EDGE2003: a setting is out of range.</exception>
    public void Validate()
    {
        Require(Rank is >= 1 and <= 1024, nameof(Rank), Rank, "between 1 and 1024");
        Require(Alpha > 0 && double.IsFinite(Alpha), nameof(Alpha), Alpha, "above 0");
        Require(LearningRate is > 0 and <= 1, nameof(LearningRate), LearningRate, "above 0 and at most 1");
        Require(BatchSize is >= 1 and <= 4096, nameof(BatchSize), BatchSize, "between 1 and 4096");
        Require(Epochs is > 0 and <= 1000, nameof(Epochs), Epochs, "above 0 and at most 1000");
        Require(ReviewPasses is >= 0 and <= 1000, nameof(ReviewPasses), ReviewPasses, "between 0 and 1000");
        Require(ReviewShare is > 0 and <= 1, nameof(ReviewShare), ReviewShare, "above 0 and at most 1");
        Require(WarmupRatio is >= 0 and < 1, nameof(WarmupRatio), WarmupRatio, "at least 0 and below 1");
        Require(FinalLearningRateRatio is >= 0 and <= 1, nameof(FinalLearningRateRatio), FinalLearningRateRatio, "between 0 and 1");
        Require(WeightDecay is >= 0 and <= 1, nameof(WeightDecay), WeightDecay, "between 0 and 1");
        Require(ClipNorm >= 0 && double.IsFinite(ClipNorm), nameof(ClipNorm), ClipNorm, "0 or above");
        Require(LoraPlusRatio is > 0 and <= 1000, nameof(LoraPlusRatio), LoraPlusRatio, "above 0 and at most 1000");
        Require(TokenLossWeight is >= 0 and <= 1000, nameof(TokenLossWeight), TokenLossWeight, "between 0 and 1000");
        Require(HeadLearningRateRatio is >= 0 and <= 1000, nameof(HeadLearningRateRatio), HeadLearningRateRatio, "between 0 and 1000");
        Require(Enum.IsDefined(ComputeType), nameof(ComputeType), ComputeType, "Auto, Float32 or BFloat16");
        Require(Patience >= 0, nameof(Patience), Patience, "0 or above");
        Require(ValidationsPerEpoch is >= 1 and <= 1000, nameof(ValidationsPerEpoch), ValidationsPerEpoch, "between 1 and 1000");
        Require(TargetModules is not { Count: 0 }, nameof(TargetModules), "[]", "left out for all linear layers, or name at least one");
        Require(MaxDuration is not { } duration || duration > TimeSpan.Zero, nameof(MaxDuration), MaxDuration, "above zero");
    }

    private static void Require(bool condition, string name, object? value, string range)
    {
        if (!condition)
        {
            throw new EdgeBuildException(
                ErrorCodes.InvalidRecipe, string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be {range}. Correct it, or leave it out for the default."));
        }
    }
}
