namespace EdgeBuild.Training;

/// <summary>Which rows each step takes, and how a step is split so that its activations fit into memory.</summary>
internal sealed class StepPlan
{
    private const long ActivationMemory = 4L << 30;
    private const int LeastTokens = 256;
    private const int MostTokens = 8192;

    private readonly IReadOnlyList<TrainingExample> _examples;
    private readonly TrainingRecipe _recipe;
    private int _epoch = -1;
    private int[] _order = [];

    /// <summary>Initializes a new instance of the <see cref="StepPlan"/> class.</summary>
    /// <param name="examples">All rows.</param>
    /// <param name="recipe">The settings.</param>
    public StepPlan(IReadOnlyList<TrainingExample> examples, TrainingRecipe recipe)
    {
        _examples = examples;
        _recipe = recipe;
        StepsPerEpoch = (examples.Count + recipe.BatchSize - 1) / recipe.BatchSize;
        TotalSteps = Math.Max(1, (int)Math.Ceiling((recipe.Epochs * StepsPerEpoch) - 1e-9));
    }

    /// <summary>Gets the steps of a pass over the rows.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Gets the planned steps.</summary>
    public int TotalSteps { get; }

    /// <summary>The rows of a step: every epoch has an order of its own, which depends only on the seed.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <returns>The rows.</returns>
    public TrainingExample[] At(int step)
    {
        int epoch = step / StepsPerEpoch;
        if (epoch != _epoch)
        {
            _order = new SeededRandom(_recipe.Seed + ((ulong)epoch * 0x9E3779B97F4A7C15)).Permutation(_examples.Count);
            _epoch = epoch;
        }

        int first = step % StepsPerEpoch * _recipe.BatchSize;
        return [.. _order.AsSpan(first, Math.Min(_recipe.BatchSize, _examples.Count - first)).ToArray().Select(index => _examples[index])];
    }

    /// <summary>Splits rows into parts of at most so many tokens; a longer row is a part of its own.</summary>
    /// <param name="examples">The rows.</param>
    /// <param name="mostTokens">The tokens of a part.</param>
    /// <returns>The parts in order.</returns>
    public static IEnumerable<IReadOnlyList<TrainingExample>> Split(IEnumerable<TrainingExample> examples, int mostTokens)
    {
        var part = new List<TrainingExample>();
        int tokens = 0;
        foreach (TrainingExample example in examples)
        {
            int length = TokenBatch.InputLength(example);
            if (part.Count > 0 && tokens + length > mostTokens)
            {
                yield return part;
                part = [];
                tokens = 0;
            }

            part.Add(example);
            tokens += length;
        }

        if (part.Count > 0)
        {
            yield return part;
        }
    }

    /// <summary>How many tokens a pass may have, by the memory that the activations of one token need.</summary>
    /// <param name="configuration">The model.</param>
    /// <param name="computeType">The compute type.</param>
    /// <returns>The number.</returns>
    public static int TokensPerPass(ModelConfiguration configuration, ComputeType computeType)
    {
        int size = computeType == ComputeType.BFloat16 ? 2 : 4;
        long inComputeType = (2L * configuration.EmbeddingLength) + (2L * configuration.QueryLength) + (2L * configuration.KeyLength) + (3L * configuration.FeedForwardLength);
        long perToken = configuration.LayerCount * ((inComputeType * size) + (2L * configuration.EmbeddingLength * sizeof(float)));
        long memory = Math.Min(ActivationMemory, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
        return (int)Math.Clamp(memory / perToken, LeastTokens, MostTokens);
    }
}
