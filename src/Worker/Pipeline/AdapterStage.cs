using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Training;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Reporting;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>Brings the adapter of a plan into the cache: found there, refreshed from the nearest one, or trained from the start.</summary>
/// <param name="plan">The plan.</param>
/// <param name="cache">The cache.</param>
/// <param name="progress">Receives progress.</param>
public sealed class AdapterStage(TrainingPlan plan, ArtifactCache cache, ProgressReporter progress)
{
    // The optimizer starts anew, and its first steps are as large as the rate whatever the gradient: at higher rates they undo more than
    // the few new rows teach.
    private const double RefreshLearningRateRatio = 0.15;

    private readonly InterruptedRun _interrupted = new(cache.CheckpointDirectory(plan.AdapterKey));

    /// <summary>Gets the adapter.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="examples">Renders rows.</param>
    /// <param name="afterTraining">The expected time of what follows the training, for the time left.</param>
    /// <param name="cancellationToken">Ends the training; what is done so far stays in a checkpoint.</param>
    /// <returns>The adapter.</returns>
    public async Task<TrainedAdapter> RunAsync(RowSet rows, ExampleBuilder examples, TimeSpan afterTraining, CancellationToken cancellationToken)
    {
        string directory = cache.AdapterDirectory(plan.AdapterKey);
        if (ArtifactCache.IsComplete(directory) && AdapterRecord.Read(directory) is { } record)
        {
            ArtifactCache.MarkUsed(directory);
            progress.Headline($"{plan.Name}: nothing to train, the adapter is in the cache");
            progress.RepeatWarnings(directory);
            return new TrainedAdapter(Path.Combine(directory, ParentAdapter.AdapterFileName), [], [.. record.Facts], record.Suspects ?? []);
        }

        BaseFacts facts = BaseFacts.Read(plan.Base.Path);
        RowLengths.Check(rows.Train.Concat(rows.Validation), examples, facts.ContextLength, plan.Recipe.MaxLength, progress.Diagnostic);
        TrainingRecipe recipe = RecipeChoice.For(plan, facts, rows.Train.Count, examples.Heads, examples.OnlyLabels);
        progress.BeginPhase("loading libtorch", 3);
        await LibTorchAcquisition.EnsureAsync(
            Environment.CurrentDirectory, plan.Offline, text => progress.Report(0, null, text), cancellationToken);
        progress.BeginPhase("loading the base model", 5);
        var forecast = new TrainingForecast(plan, _interrupted, progress, MachineMemory.Measure().Within(plan.MaxMemory));
        MemoryPlan memory = forecast.ChooseMemory(recipe, examples.Build(rows.Train), examples.Build(rows.Validation));
        _interrupted.Remember(forecast.ComputeType, memory.TokensPerPass);
        using BaseModel model = BaseModel.Load(
            plan.Base.Path,
            new BaseModelOptions { ComputeType = forecast.ComputeType, KeepQuantized = memory.KeepsBaseQuantized, Probe = forecast.Probe },
            cancellationToken);
        progress.BeginPhase("training", 80);
        using var metrics = new MetricsLog(MetricsLog.FolderOf(cache, plan.AdapterKey));
        var run = new AdapterRun(model, forecast, memory, metrics, rows, examples, recipe, afterTraining, cancellationToken);
        (TrainingResult result, string origin, double validationLoss) = Refresh(run) ?? TrainWhole(run);
        IReadOnlyList<SuspectedLabel> suspects = _interrupted.Suspects;

        using PendingEntry entry = ArtifactCache.Begin(directory);
        KeyValuePair<string, string>[] described = [.. Facts(result, run, origin, validationLoss)];
        using (result.Adapter)
        {
            result.Adapter.WriteGguf(entry.PathOf(ParentAdapter.AdapterFileName), new Dictionary<string, string>
            {
                ["edgebuild.base.sha256"] = plan.Base.Sha256,
                ["edgebuild.adapter.key"] = plan.AdapterKey,
            });
        }

        File.WriteAllLines(entry.PathOf(ParentAdapter.RowsFileName), rows.Train.Select(row => row.Hash).Order(StringComparer.Ordinal));
        new AdapterRecord(validationLoss, TaskKey(rows), described.ToDictionary(), suspects).Write(entry.Directory);
        metrics.CopyTo(entry.Directory);
        progress.KeepWarnings(entry.Directory);
        entry.Commit();
        Directory.Delete(cache.CheckpointDirectory(plan.AdapterKey), recursive: true);
        return new TrainedAdapter(Path.Combine(directory, ParentAdapter.AdapterFileName), LossCurve(result, validationLoss), described, suspects);
    }

    private static LossPoint[] LossCurve(TrainingResult result, double validationLoss)
    {
        var validations = result.ValidationLosses.ToDictionary(validation => validation.Step, validation => validation.Loss);
        validations.TryAdd(result.Steps, validationLoss);
        return [.. result.Losses.Select((loss, index) => new LossPoint(index + 1, loss, validations.TryGetValue(index + 1, out double value) ? value : null))];
    }

    private static string Describe(string phase, TrainingProgress step) => string.Create(
        CultureInfo.InvariantCulture,
        $"{phase}, step {step.Step} of {step.TotalSteps}{(double.IsNaN(step.Loss) ? string.Empty : FormattableString.Invariant($", loss {step.Loss:0.000}"))}{(step.ValidationLoss is { } loss ? $", validation {loss:0.000}" : string.Empty)}{(step.TokensPerSecond > 0 ? FormattableString.Invariant($", {step.TokensPerSecond:0} tokens/s") : string.Empty)}{(step.PeakShare is { } share ? FormattableString.Invariant($", {100 * share:0} % of peak") : string.Empty)}");

    private (TrainingResult Result, string Origin, double ValidationLoss) TrainWhole(AdapterRun run)
    {
        TrainingRecipe recipe = run.Recipe;
        using LoraAdapter start = LoraAdapter.Create(
            run.Model, recipe.Rank, recipe.Alpha, recipe.Seed, recipe.TargetModules, recipe.RankStabilized, run.Examples.Heads);
        var trainer = new LoraTrainer(run.Model, start, recipe)
        {
            Memory = run.Memory,
            Log = run.Metrics,
            AfterFirstPass = pass =>
            {
                _interrupted.Suspects = new LabelReview(run.Examples).Find(run.Rows.Train, pass);
                LabelReview.Report(_interrupted.Suspects, progress.Diagnostic);
            },
        };
        run.Forecast.Announce(recipe, run.Examples.Build(run.Rows.Train), run.Examples.Build(run.Rows.Validation), run.Memory);
        TrainingResult result = Train(trainer, run, run.Rows.Train, run.Rows.Validation, "training");
        string origin = _interrupted.RefreshRejected ? "trained from the start, since a refresh was worse than the last adapter on the validation rows" : "trained from the start";

        // Training always has validation rows (RowSet), so there is a best loss.
        return (result, origin, result.BestValidationLoss!.Value);
    }

    private (TrainingResult Result, string Origin, double ValidationLoss)? Refresh(AdapterRun run)
    {
        if (_interrupted.RefreshRejected
            || ParentAdapter.Nearest(cache, new CacheOwners(plan.CacheDirectory).EntriesOf(plan.Name).ToHashSet(StringComparer.Ordinal), TaskKey(run.Rows), plan.ParentAdapterKey, plan.AdapterKey, run.Rows.Train) is not { } parent
            || RefreshPlan.Create(run.Rows.Train, parent.RowHashes, plan.Recipe.Seed) is not { } refresh)
        {
            return null;
        }

        // A row that the parent was trained on says nothing about what it can do; there are some when rows were added or moved.
        IReadOnlyList<LabelledRow> unseen = [.. run.Rows.Validation.Where(row => !parent.RowHashes.Contains(row.Hash))];
        IReadOnlyList<LabelledRow> validation = unseen.Count > 0 ? unseen : run.Rows.Validation;
        progress.Message(string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Name}: {refresh.Changed} of {run.Rows.Train.Count} training rows are new; refreshing the nearest adapter on them and {refresh.Rows.Count} rows in all."));
        ArtifactCache.MarkUsed(Path.GetDirectoryName(parent.AdapterPath)!);
        using LoraAdapter start = LoraAdapter.ReadGguf(parent.AdapterPath, run.Model);
        TrainingRecipe recipe = run.Recipe with { Epochs = 1, ReviewPasses = 0, LoraPlusRatio = 1, LearningRate = run.Recipe.LearningRate * RefreshLearningRateRatio };
        var trainer = new LoraTrainer(run.Model, start, recipe) { Memory = run.Memory, Log = run.Metrics };
        IReadOnlyList<TrainingExample> examples = run.Examples.Build(validation);
        run.Forecast.Announce(recipe, run.Examples.Build(refresh.Rows), examples, run.Memory);
        double weight = examples.Sum(example => example.LossWeight);
        double[] before = trainer.Losses(examples, run.CancellationToken);

        // There is one state to choose from, and it is measured here: row by row, as the comparison wants it.
        TrainingResult result = Train(trainer, run, refresh.Rows, [], "refreshing");
        double[] after = new LoraTrainer(run.Model, result.Adapter, recipe) { Memory = run.Memory }.Losses(examples, run.CancellationToken);
        double loss = after.Sum() / weight;
        string losses = string.Create(CultureInfo.InvariantCulture, $"validation loss {before.Sum() / weight:0.0000} before, {loss:0.0000} after");
        if (RefreshCheck.IsAsGood(before, after))
        {
            return (result, string.Create(CultureInfo.InvariantCulture, $"refreshed from {parent.Key[..12]} on {refresh.Changed} new rows, {losses}"), loss);
        }

        progress.Message($"{plan.Name}: the refresh is worse than the adapter that it started from ({losses}); training from the start.");
        result.Adapter.Dispose();
        _interrupted.RejectRefresh();
        new CheckpointStore(cache.CheckpointDirectory(plan.AdapterKey), plan.AdapterKey).Clear();
        return null;
    }

    private TrainingResult Train(
        LoraTrainer trainer, AdapterRun run, IReadOnlyList<LabelledRow> train, IReadOnlyList<LabelledRow> validation, string phase) => trainer.Run(
        run.Examples.Build(train),
        run.Examples.Build(validation),
        new SynchronousProgress<TrainingProgress>(step => progress.Report(
            (double)step.Step / Math.Max(1, step.TotalSteps), step.Remaining + run.AfterTraining, Describe(phase, step))),
        new CheckpointStore(cache.CheckpointDirectory(plan.AdapterKey), plan.AdapterKey, CheckpointInterval.FromEnvironment()),
        run.CancellationToken);

    private static IEnumerable<KeyValuePair<string, string>> Facts(TrainingResult result, AdapterRun run, string origin, double validationLoss)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        TrainingRecipe recipe = run.Recipe;
        string modules = recipe.TargetModules is null ? "all linear layers" : string.Join(", ", recipe.TargetModules);
        yield return new("Adapter", origin);
        yield return new("Recipe", string.Create(invariant, $"rank {recipe.Rank}, alpha {recipe.Alpha}{(recipe.RankStabilized ? ", rsLoRA" : string.Empty)}, {modules}, learning rate {recipe.LearningRate}, LoRA+ {recipe.LoraPlusRatio}, batch {recipe.BatchSize}, {recipe.ReviewPasses} review passes, seed {recipe.Seed}, recipe version {PlannedRecipe.Version}"));
        yield return new("Rows", string.Create(invariant, $"{run.Rows.Train.Count} training, {run.Rows.Validation.Count} validation, {run.Rows.Test.Count} test"));
        yield return new("Training", string.Create(invariant, $"{result.Steps} steps, {result.Epochs:0.0} epochs, {result.Duration.TotalSeconds:0} s, {result.TokensPerSecond:0} tokens/s, {result.ComputeType}"));
        yield return new("Memory", string.Create(invariant, $"{result.PeakMemory / 1e9:0.00} GB at most"));
        yield return new("Validation loss", validationLoss.ToString("0.0000", invariant));
    }

    /// <summary>All that the adapter was made for except the rows: another prompt or recipe is another task, not a refresh.</summary>
    private string TaskKey(RowSet rows)
    {
        using ContentKey key = new ContentKey().Add("base", plan.Base.Sha256).Add("recipe", $"{PlannedRecipe.Version} {plan.Recipe}");
        if (plan.Kind == ArtifactKind.Adapter)
        {
            // Nothing that was learned from one customer's rows may be in another's adapter, however alike their rows are.
            key.Add("adapter", plan.Adapter);
        }

        foreach (TrainedPrompt prompt in rows.Train.Select(row => row.Prompt).Distinct().OrderBy(prompt => prompt.Name, StringComparer.Ordinal))
        {
            key.Add("prompt", prompt.Compiled.Hash);
        }

        return key.Finish();
    }

    /// <summary>What the ways to an adapter have in common.</summary>
    private sealed record AdapterRun(
        BaseModel Model,
        TrainingForecast Forecast,
        MemoryPlan Memory,
        MetricsLog Metrics,
        RowSet Rows,
        ExampleBuilder Examples,
        TrainingRecipe Recipe,
        TimeSpan AfterTraining,
        CancellationToken CancellationToken);
}
