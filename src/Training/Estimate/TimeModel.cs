namespace EdgeBuild.Training;

/// <summary>The time of a training: its operations at the probed speed, less what small passes and everything beside matrix products cost.</summary>
/// <param name="header">The base model.</param>
/// <param name="gflops">The probed speed of matrix products.</param>
/// <param name="recipe">The settings.</param>
/// <param name="plan">The steps.</param>
/// <param name="training">The rows to learn from.</param>
/// <param name="validation">The validation rows.</param>
internal sealed class TimeModel(
    BaseModelHeader header,
    double gflops,
    TrainingRecipe recipe,
    StepPlan plan,
    IReadOnlyList<TrainingExample> training,
    IReadOnlyList<TrainingExample> validation)
{
    /// <summary>The share of the probed speed that large passes reach, see docs/benchmarks.md.</summary>
    private const double Efficiency = 0.72;

    /// <summary>The rows at which a pass reaches half of it: the rest goes into reading weights and starting operations.</summary>
    private const double HalfEfficiencyRows = 90;

    /// <summary>Values that a core converts from a quantized type in a second.</summary>
    private const double ConvertedValuesPerCore = 4e8;

    /// <summary>What a layer costs besides its operations: starting them, and sharing them among threads.</summary>
    private const double SecondsPerLayer = 1e-4;

    private const int SampledSteps = 48;

    /// <summary>Estimates one way of training.</summary>
    /// <param name="memory">The way.</param>
    /// <returns>The time.</returns>
    public TimeSpan Duration(MemoryPlan memory)
    {
        // Forward and backward are two products a weight each; computing the forward step again is one more.
        double step = MeanSeconds(Sample(training, memory.TokensPerPass), memory.RecomputesActivations ? 3 : 2, memory);
        double check = MeanSeconds(Sample(validation, Math.Min(Validator.TokensAtOnce, memory.TokensPerPass)), 1, memory);
        double seconds = (step * plan.TotalSteps) + (check * Math.Ceiling((double)validation.Count / recipe.BatchSize) * plan.Validations);
        return TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(10_000).TotalSeconds));
    }

    private double MeanSeconds(List<TokenBatch[]> steps, int products, MemoryPlan memory) =>
        steps.Count == 0 ? 0 : steps.Average(parts => parts.Sum(part => Seconds(part, products, memory)));

    private double Seconds(TokenBatch batch, int products, MemoryPlan memory)
    {
        WorkCount work = WorkCount.Of(header.Configuration, batch);
        double rows = batch.Tokens.Length;
        double speed = gflops * 1e9 * Efficiency * rows / (rows + HalfEfficiencyRows);

        // The head is computed once forward, and once backward in training.
        double operations = (products * (work.Linear + work.Attention)) + (Math.Min(products, 2) * work.Head);
        double converted = memory.KeepsBaseQuantized ? (products > 1 ? 2 : 1) * work.BlockValues : 0;
        return (operations / speed) + (products * SecondsPerLayer * header.Configuration.LayerCount) + (converted / (ConvertedValuesPerCore * Environment.ProcessorCount));
    }

    /// <summary>Some steps, evenly taken: rows are as mixed in any order as in that of the run.</summary>
    private List<TokenBatch[]> Sample(IReadOnlyList<TrainingExample> examples, int mostTokens)
    {
        TrainingExample[][] steps = [.. examples.Chunk(recipe.BatchSize)];
        int stride = Math.Max(1, steps.Length / SampledSteps);
        return
        [
            .. steps.Where((_, index) => index % stride == 0)
                .Select(step => StepPlan.Split(step, mostTokens).Select(part => TokenBatch.Create(part)).ToArray()),
        ];
    }
}
