using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Training;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>Says before a training what it will need, and finds a way that fits the machine.</summary>
public sealed class TrainingForecast
{
    /// <summary>The share of the machine's memory that a training may take: the system and the build need some too.</summary>
    private const double UsableShare = 0.9;

    private readonly TrainingPlan _plan;
    private readonly InterruptedRun _interrupted;
    private readonly ProgressReporter _progress;
    private readonly BaseModelHeader _header;
    private readonly MachineMemory _machine;

    /// <summary>Whether the one headline of a build is written; a training that follows a rejected refresh is a detail.</summary>
    private bool _announced;

    /// <summary>Initializes a new instance of the <see cref="TrainingForecast"/> class; it measures the speed of this machine, for some milliseconds.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="interrupted">An earlier part of this run.</param>
    /// <param name="progress">Receives messages.</param>
    /// <param name="machine">The memory of the machine.</param>
    public TrainingForecast(TrainingPlan plan, InterruptedRun interrupted, ProgressReporter progress, MachineMemory machine)
    {
        _plan = plan;
        _interrupted = interrupted;
        _progress = progress;
        _machine = machine;
        _header = BaseModelHeader.Read(plan.Base.Path);
        Probe = ComputeProbe.Measure(_header.Configuration);
        ComputeType = interrupted.ComputeType == ComputeType.Auto ? Probe.Choice : interrupted.ComputeType;
    }

    /// <summary>Gets what was measured.</summary>
    public ComputeProbe Probe { get; }

    /// <summary>Gets the number format of the run.</summary>
    public ComputeType ComputeType { get; }

    /// <summary>Finds the fastest way of training that fits.</summary>
    /// <param name="recipe">The settings.</param>
    /// <param name="training">All rows that may be trained on.</param>
    /// <param name="validation">The validation rows.</param>
    /// <returns>The way.</returns>
    /// <exception cref="EdgeBuildException">EDGE2007: no way fits.</exception>
    public MemoryPlan ChooseMemory(TrainingRecipe recipe, IReadOnlyList<TrainingExample> training, IReadOnlyList<TrainingExample> validation)
    {
        TrainingEstimator estimator = Estimator(recipe, training, validation);
        long usable = (long)(UsableShare * _machine.Total);

        // By what the machine has, so that equal machines train alike; by what is free only where the first choice would not fit now.
        TrainingEstimate? choice = Choose(estimator, usable);
        if (choice is null)
        {
            TrainingEstimate smallest = estimator.Smallest();
            throw new EdgeBuildException(
                ErrorCodes.InsufficientMemory,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The training of '{_plan.Name}' needs at least {Gigabytes(smallest.PeakMemory)}, {(_plan.MaxMemory > 0 ? "EdgeBuildMaxMemory leaves" : "this machine has")} {Gigabytes(usable)} for it, even with {smallest.Memory.Describe(estimator.Plain)}. Take a smaller base, shorter texts (metadata.edge.maxInputTokens) or a lower Rank, or train on a machine with more memory."));
        }

        return choice.PeakMemory <= _machine.Available ? choice.Memory : (Choose(estimator, _machine.Available) ?? choice).Memory;
    }

    /// <summary>Writes what a training will need, and warns when it will be cut short.</summary>
    /// <param name="recipe">The settings.</param>
    /// <param name="training">The rows.</param>
    /// <param name="validation">The validation rows.</param>
    /// <param name="memory">The way that was chosen.</param>
    public void Announce(TrainingRecipe recipe, IReadOnlyList<TrainingExample> training, IReadOnlyList<TrainingExample> validation, MemoryPlan memory)
    {
        TrainingEstimator estimator = Estimator(recipe, training, validation);
        TrainingEstimate estimate = estimator.Estimate(memory);
        string measures = memory.Describe(estimator.Plain);
        Action<string> write = _announced ? _progress.Message : _progress.Headline;
        _announced = true;
        write(string.Create(
            CultureInfo.InvariantCulture,
            $"{_plan.Name}: training needs about {Gigabytes(estimate.PeakMemory)} of {Gigabytes(_machine.Total)}; about {Duration(estimate.Duration)} ({estimate.Steps} steps, {(ComputeType == ComputeType.BFloat16 ? "bf16" : "fp32")} at {Probe.GflopsOf(ComputeType):0} GFLOP/s{(measures.Length > 0 ? $"; {measures}" : string.Empty)})"));
        if (recipe.MaxDuration is { } limit && estimate.Duration > limit)
        {
            double share = limit / estimate.Duration;
            _progress.Diagnostic(new Diagnostic(
                ErrorCodes.TrainingCutShort,
                DiagnosticSeverity.Warning,
                string.Empty,
                default,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The training of '{_plan.Name}' takes about {Duration(estimate.Duration)} here, EdgeBuildMaxTrainingMinutes allows {limit.TotalMinutes:0.##}: it will end after about {Math.Max(1, share * estimate.Steps):0} of {estimate.Steps} steps, {100 * share:0} % of the planned passes over the rows. Raise EdgeBuildMaxTrainingMinutes, lower Epochs, or take a smaller base.")));
        }
    }

    private static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");

    private static string Duration(TimeSpan time) => time.TotalMinutes switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, time.TotalSeconds):0} s"),
        < 90 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} h"),
    };

    private TrainingEstimate? Choose(TrainingEstimator estimator, long limit) =>
        (_interrupted.TokensPerPass is { } tokens ? estimator.Choose(limit, tokens) : null) ?? estimator.Choose(limit);

    private TrainingEstimator Estimator(TrainingRecipe recipe, IReadOnlyList<TrainingExample> training, IReadOnlyList<TrainingExample> validation) =>
        new(_header, Probe, ComputeType, recipe, training, validation);
}
