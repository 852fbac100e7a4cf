using System.Globalization;
using System.Text.Json;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Training;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Reporting;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>Brings the adapter of a plan into the cache: found there, refreshed from the last one, or trained from the start.</summary>
/// <param name="plan">The plan.</param>
/// <param name="cache">The cache.</param>
/// <param name="progress">Receives progress.</param>
public sealed class AdapterStage(TrainingPlan plan, ArtifactCache cache, ProgressReporter progress)
{
    private const string AdapterFileName = "adapter.gguf";
    private const string RowsFileName = "rows.txt";
    private const string FactsFileName = "training.json";

    // A refresh that ends this much above the parent's validation loss has lost something: then the whole is trained.
    private const double LargestLossIncrease = 1.1;

    // The optimizer starts anew, and its first steps are as large as the rate whatever the gradient: at higher rates they undo more than
    // the few new rows teach.
    private const double RefreshLearningRateRatio = 0.15;

    /// <summary>B starts at zero and lags behind A at equal rates (Hayou et al., "LoRA+", ICML 2024).</summary>
    private const double LoraPlusRatio = 3;

    /// <summary>Gets the adapter.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="examples">Renders rows.</param>
    /// <param name="afterTraining">The expected time of what follows the training, for the time left.</param>
    /// <param name="cancellationToken">Ends the training; what is done so far stays in a checkpoint.</param>
    /// <returns>The adapter.</returns>
    public async Task<TrainedAdapter> RunAsync(RowSet rows, ExampleBuilder examples, TimeSpan afterTraining, CancellationToken cancellationToken)
    {
        string directory = cache.AdapterDirectory(plan.AdapterKey);
        if (ArtifactCache.IsComplete(directory))
        {
            return new TrainedAdapter(Path.Combine(directory, AdapterFileName), [], [.. ReadRecord(directory).Facts]);
        }

        progress.BeginPhase("loading libtorch", 3);
        await LibTorchAcquisition.EnsureAsync(
            Environment.CurrentDirectory, plan.Offline, text => progress.Report(0, null, text), cancellationToken);
        progress.BeginPhase("loading the base model", 5);
        TrainingRecipe recipe = Recipe(rows.Train.Count);
        recipe.Validate();
        var interrupted = new InterruptedRun(cache.CheckpointDirectory(plan.AdapterKey));
        IReadOnlyList<TrainingExample> training = examples.Build(rows.Train);
        IReadOnlyList<TrainingExample> validation = examples.Build(rows.Validation);
        var forecast = new TrainingForecast(plan, interrupted, progress, MachineMemory.Measure());
        MemoryPlan memory = forecast.ChooseMemory(recipe, training, validation);
        interrupted.Remember(forecast.ComputeType, memory.TokensPerPass);
        using BaseModel model = BaseModel.Load(
            plan.Base.Path,
            new BaseModelOptions { ComputeType = forecast.ComputeType, KeepQuantized = memory.KeepsBaseQuantized, Probe = forecast.Probe },
            cancellationToken);
        progress.BeginPhase("training", 80);
        using var metrics = new MetricsLog(Path.Combine(cache.CheckpointDirectory(plan.AdapterKey), "metrics"));
        var setting = new TrainingSetting(model, forecast, memory, validation, metrics, afterTraining);
        (TrainingResult result, string origin) = Refresh(setting, rows, examples, recipe, cancellationToken)
            ?? (Train(setting, LoraAdapter.Create(model, recipe.Rank, recipe.Alpha, recipe.Seed), training, recipe, "training", cancellationToken), "trained from the start");

        using PendingEntry entry = ArtifactCache.Begin(directory);
        KeyValuePair<string, string>[] facts = [.. Facts(result, rows, origin)];
        using (result.Adapter)
        {
            result.Adapter.WriteGguf(entry.PathOf(AdapterFileName), new Dictionary<string, string>
            {
                ["edgebuild.base.sha256"] = plan.Base.Sha256,
                ["edgebuild.adapter.key"] = plan.AdapterKey,
            });
        }

        File.WriteAllLines(entry.PathOf(RowsFileName), rows.Train.Select(row => row.Hash).Order(StringComparer.Ordinal));
        File.WriteAllText(entry.PathOf(FactsFileName), JsonSerializer.Serialize(new AdapterRecord(ValidationLossOf(result), TaskKey(rows), facts.ToDictionary())));
        metrics.CopyTo(entry.Directory);
        entry.Commit();
        RemoveCheckpoints();
        return new TrainedAdapter(Path.Combine(directory, AdapterFileName), LossCurve(result), facts);
    }

    private static AdapterRecord ReadRecord(string directory) =>
        JsonSerializer.Deserialize<AdapterRecord>(File.ReadAllText(Path.Combine(directory, FactsFileName)))!;

    // Training always has validation rows (RowSet), so there is a best loss.
    private static double ValidationLossOf(TrainingResult result) => result.BestValidationLoss!.Value;

    private static LossPoint[] LossCurve(TrainingResult result)
    {
        var validations = result.ValidationLosses.ToDictionary(validation => validation.Step, validation => validation.Loss);
        return [.. result.Losses.Select((loss, index) => new LossPoint(index + 1, loss, validations.TryGetValue(index + 1, out double value) ? value : null))];
    }

    private static string Describe(string phase, TrainingProgress step) => string.Create(
        CultureInfo.InvariantCulture,
        $"{phase}, step {step.Step} of {step.TotalSteps}{(double.IsNaN(step.Loss) ? string.Empty : FormattableString.Invariant($", loss {step.Loss:0.000}"))}{(step.ValidationLoss is { } loss ? $", validation {loss:0.000}" : string.Empty)}{(step.TokensPerSecond > 0 ? FormattableString.Invariant($", {step.TokensPerSecond:0} tokens/s") : string.Empty)}{(step.PeakShare is { } share ? FormattableString.Invariant($", {100 * share:0} % of peak") : string.Empty)}");

    private TrainingRecipe Recipe(int rows) => new()
    {
        Rank = plan.Recipe.Rank,
        Alpha = plan.Recipe.Alpha,
        LearningRate = plan.Recipe.LearningRate,
        LoraPlusRatio = LoraPlusRatio,
        BatchSize = plan.Recipe.BatchSize,
        Epochs = plan.Recipe.Epochs > 0 ? plan.Recipe.Epochs : DefaultEpochs.For(rows),
        ReviewPasses = plan.Recipe.ReviewPasses,
        Seed = (ulong)plan.Recipe.Seed,
        MaxDuration = plan.MaxTrainingMinutes > 0 ? TimeSpan.FromMinutes(plan.MaxTrainingMinutes) : null,
    };

    private (TrainingResult Result, string Origin)? Refresh(
        TrainingSetting setting, RowSet rows, ExampleBuilder examples, TrainingRecipe recipe, CancellationToken cancellationToken)
    {
        if (plan.ParentAdapterKey.Length == 0)
        {
            return null;
        }

        string parent = cache.AdapterDirectory(plan.ParentAdapterKey);
        if (!ArtifactCache.IsComplete(parent))
        {
            return null;
        }

        AdapterRecord record = ReadRecord(parent);
        if (record.TaskKey != TaskKey(rows))
        {
            return null;
        }

        var parentRows = File.ReadAllLines(Path.Combine(parent, RowsFileName)).ToHashSet(StringComparer.Ordinal);
        if (RefreshPlan.Create(rows.Train, parentRows, plan.Recipe.Seed) is not { } refresh)
        {
            return null;
        }

        LoraAdapter start = LoraAdapter.ReadGguf(Path.Combine(parent, AdapterFileName), setting.Model);
        progress.Message(string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Model}: {refresh.Changed} of {rows.Train.Count} training rows are new; refreshing the last adapter on them and {refresh.Rows.Count} rows in all."));
        TrainingResult result = Train(
            setting,
            start,
            examples.Build(refresh.Rows),
            recipe with { Epochs = 1, ReviewPasses = 0, LoraPlusRatio = 1, LearningRate = recipe.LearningRate * RefreshLearningRateRatio },
            "refreshing",
            cancellationToken);
        if (ValidationLossOf(result) <= record.ValidationLoss * LargestLossIncrease)
        {
            return (result, "refreshed from the last adapter");
        }

        progress.Message($"{plan.Model}: the refresh made the model worse on the validation rows; training from the start.");
        result.Adapter.Dispose();
        setting.Metrics.Dispose();
        RemoveCheckpoints();
        return null;
    }

    private TrainingResult Train(
        TrainingSetting setting,
        LoraAdapter start,
        IReadOnlyList<TrainingExample> training,
        TrainingRecipe recipe,
        string phase,
        CancellationToken cancellationToken)
    {
        using (start)
        {
            setting.Forecast.Announce(recipe, training, setting.Validation, setting.Memory);
            var trainer = new LoraTrainer(setting.Model, start, recipe) { Memory = setting.Memory, Log = setting.Metrics };
            return trainer.Run(
                training,
                setting.Validation,
                new SynchronousProgress<TrainingProgress>(step => progress.Report(
                    (double)step.Step / Math.Max(1, step.TotalSteps), step.Remaining + setting.AfterTraining, Describe(phase, step))),
                new CheckpointStore(cache.CheckpointDirectory(plan.AdapterKey), plan.AdapterKey, CheckpointInterval.FromEnvironment()),
                cancellationToken);
        }
    }

    private IEnumerable<KeyValuePair<string, string>> Facts(TrainingResult result, RowSet rows, string origin)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        yield return new("Adapter", origin);
        yield return new("Recipe", string.Create(invariant, $"rank {plan.Recipe.Rank}, alpha {plan.Recipe.Alpha}, learning rate {plan.Recipe.LearningRate}, batch {plan.Recipe.BatchSize}, {plan.Recipe.ReviewPasses} review passes, seed {plan.Recipe.Seed}, recipe version {PlannedRecipe.Version}"));
        yield return new("Rows", string.Create(invariant, $"{rows.Train.Count} training, {rows.Validation.Count} validation, {rows.Test.Count} test"));
        yield return new("Training", string.Create(invariant, $"{result.Steps} steps, {result.Epochs:0.0} epochs, {result.Duration.TotalSeconds:0} s, {result.TokensPerSecond:0} tokens/s, {result.ComputeType}"));
        yield return new("Memory", string.Create(invariant, $"{result.PeakMemory / 1e9:0.00} GB at most"));
        yield return new("Validation loss", ValidationLossOf(result).ToString("0.0000", invariant));
    }

    /// <summary>All that the adapter was made for except the rows: another prompt or recipe is another task, not a refresh.</summary>
    private string TaskKey(RowSet rows)
    {
        using ContentKey key = new ContentKey().Add("base", plan.Base.Sha256).Add("recipe", $"{PlannedRecipe.Version} {plan.Recipe}");
        foreach (TrainedPrompt prompt in rows.Train.Select(row => row.Prompt).Distinct().OrderBy(prompt => prompt.Name, StringComparer.Ordinal))
        {
            key.Add("prompt", prompt.Compiled.Hash);
        }

        return key.Finish();
    }

    private void RemoveCheckpoints()
    {
        string directory = cache.CheckpointDirectory(plan.AdapterKey);
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>What a refresh and a training from the start have in common.</summary>
    private sealed record TrainingSetting(
        BaseModel Model, TrainingForecast Forecast, MemoryPlan Memory, IReadOnlyList<TrainingExample> Validation, MetricsLog Metrics, TimeSpan AfterTraining);

    private sealed record AdapterRecord(double ValidationLoss, string TaskKey, Dictionary<string, string> Facts);
}
