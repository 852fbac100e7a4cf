using static TorchSharp.torch;

namespace EdgeBuild.Training.Tests;

/// <summary>How a run ends, and which state it gives.</summary>
[TestClass]
public sealed class RunTests
{
    [TestMethod]
    public void A_cancelled_run_does_no_further_step_and_leaves_no_temporary_file()
    {
        using var folder = new TemporaryFolder();
        using var training = new Trainings();

        StepObserver observer = training.CancelAfter(4, new CheckpointStore(folder.Path, "key", TimeSpan.Zero));

        Assert.AreEqual(4, observer.LastStep);
        CollectionAssert.AreEquivalent(
            (string[])["step-000000003.checkpoint", "step-000000004.checkpoint"],
            Directory.EnumerateFileSystemEntries(folder.Path).Select(path => Path.GetFileName(path)).ToArray());
    }

    [TestMethod]
    public void A_run_that_is_cancelled_before_it_starts_does_nothing()
    {
        using var folder = new TemporaryFolder();
        using var training = new Trainings();
        var observer = new StepObserver();

        Assert.Throws<OperationCanceledException>(
            () => training.Run(new CheckpointStore(folder.File("checkpoints"), "key", TimeSpan.Zero), observer, new CancellationToken(canceled: true)));

        Assert.AreEqual(0, observer.LastStep);
        Assert.IsFalse(Directory.Exists(folder.File("checkpoints")));
    }

    [TestMethod]
    public void Cancellation_is_seen_between_blocks_in_training_and_in_validation()
    {
        using var training = new Trainings();
        using LoraAdapter adapter = LoraAdapter.Create(training.Model, 4, 8, 1);
        var canceled = new CancellationToken(canceled: true);
        using IDisposable noGradient = no_grad();
        using var state = new LoraState(training.Model, adapter, training: true);
        using var pass = new TransformerPass(training.Model, state, keepActivations: true);

        Assert.Throws<OperationCanceledException>(() => pass.Train(TokenBatch.Create(training.Rows), new LossScale(1, 0), canceled));
        Assert.Throws<OperationCanceledException>(() => new LoraTrainer(training.Model, adapter, training.Recipe).Loss(training.Rows, canceled));
        Assert.Throws<OperationCanceledException>(() => BaseModel.Load(training.Fixture.File("base.gguf"), ComputeType.Float32, TrainingDevice.Cpu, canceled));
    }

    [TestMethod]
    public void A_run_ends_after_its_longest_duration_with_the_state_it_has()
    {
        using var training = new Trainings();
        training.Recipe = training.Recipe with { Epochs = 1000, MaxDuration = TimeSpan.FromMilliseconds(300) };

        TrainingResult result = training.Run();

        using LoraAdapter adapter = result.Adapter;
        Assert.IsLessThan(5000, result.Steps);
        Assert.IsGreaterThanOrEqualTo(300, result.Duration.TotalMilliseconds);
        Assert.HasCount(result.Steps, result.Losses);
        Assert.AreEqual(result.Steps, result.ValidationLosses[^1].Step);
        Assert.IsFalse(result.StoppedEarly);
    }

    [TestMethod]
    public void Time_that_an_interrupted_run_used_counts()
    {
        using var folder = new TemporaryFolder();
        using var training = new Trainings();
        training.Recipe = training.Recipe with { Epochs = 1000, MaxDuration = TimeSpan.FromMinutes(10) };
        using var cancellation = new CancellationTokenSource();
        var checkpoints = new CheckpointStore(folder.Path, "key", TimeSpan.Zero);
        var first = new StepObserver(progress =>
        {
            if (progress.Step == 3)
            {
                Thread.Sleep(100);
                cancellation.Cancel();
            }
        });
        Assert.Throws<OperationCanceledException>(() => training.Run(checkpoints, first, cancellation.Token));

        StepObserver second = training.CancelAfter(4, checkpoints);

        TimeSpan before = first.Reports.First(report => report.Step == 3).Elapsed;
        Assert.IsGreaterThan(before + TimeSpan.FromMilliseconds(100), second.Reports.First(report => report.Step == 4).Elapsed);
    }

    [TestMethod]
    public void The_state_with_the_lowest_validation_loss_is_kept()
    {
        using var training = Trainings.ThatGetsWorse(patience: 0);
        TrainingResult result = training.Run();
        using LoraAdapter kept = result.Adapter;

        ValidationLoss best = result.ValidationLosses.MinBy(validation => validation.Loss);
        Assert.IsLessThan(result.Steps, best.Step);
        Assert.AreEqual(best.Step, result.BestStep);
        Assert.AreEqual(best.Loss, result.BestValidationLoss);
        Assert.AreEqual(best.Loss, new LoraTrainer(training.Model, kept, training.Recipe).Loss(training.Validation));

        // The learning rate is that of the longer run up to this step.
        using var stopped = Trainings.ThatGetsWorse(patience: 0);
        float[] atBest = Captured(stopped, best.Step);
        CollectionAssert.AreEqual(atBest, kept.ToArray());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Validations_without_improvement_end_the_run(int patience)
    {
        using var training = Trainings.ThatGetsWorse(patience);

        TrainingResult result = training.Run();

        Trainings.ValuesOf(result);
        Assert.IsTrue(result.StoppedEarly);
        Assert.HasCount(1 + patience, result.ValidationLosses);
        Assert.AreEqual(result.ValidationLosses[0].Step, result.BestStep);
    }

    [TestMethod]
    public void Without_patience_the_run_goes_to_its_end()
    {
        using var training = Trainings.ThatGetsWorse(patience: 0);

        TrainingResult result = training.Run();

        Trainings.ValuesOf(result);
        Assert.AreEqual(15, result.Steps);
        Assert.AreEqual(3, result.Epochs);
        Assert.IsFalse(result.StoppedEarly);
    }

    [TestMethod]
    public void Without_validation_rows_the_last_state_is_given()
    {
        using var training = new Trainings { Validation = [] };

        TrainingResult result = training.Run();

        Trainings.ValuesOf(result);
        Assert.AreEqual(result.Steps, result.BestStep);
        Assert.IsNull(result.BestValidationLoss);
        Assert.IsEmpty(result.ValidationLosses);
    }

    [TestMethod]
    [DataRow(1, "5,10,15")]
    [DataRow(2, "3,5,8,10,13,15")]
    [DataRow(5, "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15")]
    [DataRow(50, "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15")]
    public void Validations_are_spread_over_an_epoch(int perEpoch, string steps)
    {
        using var training = new Trainings();
        training.Recipe = training.Recipe with { ValidationsPerEpoch = perEpoch };

        TrainingResult result = training.Run();

        Trainings.ValuesOf(result);
        Assert.AreEqual(steps, string.Join(',', result.ValidationLosses.Select(validation => validation.Step)));
    }

    [TestMethod]
    public void Training_learns_the_task()
    {
        using var training = new Trainings { Rows = Scenarios.Task(60, seed: 1) };
        using LoraAdapter start = LoraAdapter.Create(training.Model, 4, 8, 1);
        double before = new LoraTrainer(training.Model, start, training.Recipe).Loss(training.Validation);

        TrainingResult result = training.Run();

        Trainings.ValuesOf(result);
        Assert.IsLessThan(0.5 * before, result.BestValidationLoss!.Value);
    }

    [TestMethod]
    public void Progress_tells_the_course_of_the_run()
    {
        using var training = new Trainings();
        var observer = new StepObserver();

        TrainingResult result = training.Run(progress: observer);

        Trainings.ValuesOf(result);
        TrainingProgress last = observer.Reports[^1];
        Assert.AreEqual(TrainingPhase.Finished, last.Phase);
        Assert.AreEqual(15, last.Step);
        Assert.AreEqual(15, last.TotalSteps);
        Assert.AreEqual(3, last.Epoch);
        Assert.AreEqual(TimeSpan.Zero, last.Remaining);
        Assert.AreEqual(result.ValidationLosses[^1].Loss, last.ValidationLoss);
        Assert.AreEqual(result.Losses.Average(), last.Loss, 1e-9);
        CollectionAssert.AreEqual(observer.Reports.Select(report => report.Step).Order().ToArray(), observer.Reports.Select(report => report.Step).ToArray());
        Assert.AreEqual(3 * training.Rows.Sum(row => row.PromptTokens.Length + row.CompletionTokens.Length - 1), result.Tokens);
    }

    /// <summary>The adapter after a step of a run, taken from its checkpoint.</summary>
    private static float[] Captured(Trainings training, int step)
    {
        using var folder = new TemporaryFolder();
        using LoraAdapter start = LoraAdapter.Create(training.Model, training.Recipe.Rank, training.Recipe.Alpha, training.AdapterSeed);
        var store = new CheckpointStore(folder.Path, "key", TimeSpan.Zero);
        training.CancelAfter(step, store);
        TrainingState state = store.Load(RunFingerprint.Of(training.Model, start, training.Recipe, training.Rows, training.Validation, MemoryPlan.Default(training.Model.Configuration, ComputeType.Float32).TokensPerPass))!;
        Assert.AreEqual(step, state.Step);
        return state.Parameters;
    }
}
