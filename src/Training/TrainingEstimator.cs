namespace EdgeBuild.Training;

/// <summary>Computes what a training will need before the base model is loaded: from its sizes, the rows, and what a probe measured.</summary>
public sealed class TrainingEstimator
{
    private readonly TrainingRecipe _recipe;
    private readonly MemoryPlan _plain;
    private readonly MemoryModel _memory;
    private readonly TimeModel _time;
    private readonly int _steps;

    /// <summary>Initializes a new instance of the <see cref="TrainingEstimator"/> class.</summary>
    /// <param name="header">The base model.</param>
    /// <param name="probe">The speed of this machine.</param>
    /// <param name="computeType">The compute type, not Auto.</param>
    /// <param name="recipe">The settings.</param>
    /// <param name="training">The rows to learn from.</param>
    /// <param name="validation">The validation rows.</param>
    public TrainingEstimator(
        BaseModelHeader header,
        ComputeProbe probe,
        ComputeType computeType,
        TrainingRecipe recipe,
        IReadOnlyList<TrainingExample> training,
        IReadOnlyList<TrainingExample> validation)
    {
        recipe.Validate();
        _recipe = recipe;
        _plain = MemoryPlan.Default(header.Configuration, computeType);
        var plan = new StepPlan(training, recipe);
        _steps = plan.TotalSteps;
        _memory = new MemoryModel(header, computeType, recipe, training, validation, Environment.WorkingSet);
        _time = new TimeModel(header, probe.GflopsOf(computeType), recipe, plan, training, validation);
    }

    /// <summary>Gets the way that is taken when memory is no matter.</summary>
    public MemoryPlan Plain => _plain;

    /// <summary>Estimates one way of training.</summary>
    /// <param name="plan">The way.</param>
    /// <returns>What it needs.</returns>
    public TrainingEstimate Estimate(MemoryPlan plan) => new(plan, _memory.PeakBytes(plan), _time.Duration(plan), _steps);

    /// <summary>Finds the fastest way that fits.</summary>
    /// <param name="memoryLimit">The bytes that the process may use.</param>
    /// <param name="tokensPerPass">The micro-batches that it must have, as a run that goes on must, or null.</param>
    /// <returns>The way, or null when none fits; <see cref="Smallest"/> says then what the smallest one needs.</returns>
    public TrainingEstimate? Choose(long memoryLimit, int? tokensPerPass = null) =>
        Ways(tokensPerPass).Where(way => way.PeakMemory <= memoryLimit).MinBy(way => way.Duration);

    /// <summary>Gets the way that needs the least memory.</summary>
    /// <returns>The way.</returns>
    public TrainingEstimate Smallest() => Ways(null).MinBy(way => way.PeakMemory)!;

    /// <summary>All ways, larger micro-batches first: of two equally fast ones the first is taken.</summary>
    private IEnumerable<TrainingEstimate> Ways(int? tokensPerPass)
    {
        int[] tokens = tokensPerPass is { } only ? [only] : [.. Halves(_plain.TokensPerPass)];
        foreach (bool quantized in (bool[])[false, true])
        {
            foreach (bool recomputes in (bool[])[false, true])
            {
                foreach (int count in tokens)
                {
                    yield return Estimate(new MemoryPlan(count, recomputes, quantized));
                }
            }
        }
    }

    private static IEnumerable<int> Halves(int tokens)
    {
        for (; tokens >= MemoryPlan.LeastTokens; tokens /= 2)
        {
            yield return tokens;
        }
    }
}
