namespace EdgeBuild.Training.Tests;

/// <summary>Interrupted runs.</summary>
[TestClass]
public sealed class CheckpointTests
{
    [TestMethod]
    [DataRow(11UL, 0)]
    [DataRow(12UL, 0)]
    [DataRow(13UL, 3)]
    [DataRow(14UL, 3)]
    public void A_run_that_is_cancelled_at_random_steps_ends_at_the_adapter_of_an_uninterrupted_one(ulong seed, int reviewPasses)
    {
        using var training = new Trainings();
        training.Recipe = training.Recipe with { ReviewPasses = reviewPasses, ReviewShare = 0.5 };
        TrainingResult whole = training.Run();
        float[] expected = Trainings.ValuesOf(whole);
        using var folder = new TemporaryFolder();
        var random = new SeededRandom(seed);
        int step = 0;
        while ((step += 1 + (int)(random.Next() % 5)) < whole.Steps)
        {
            training.CancelAfter(step, Store(folder));
        }

        TrainingResult resumed = training.Run(Store(folder));

        Assert.IsGreaterThan(0, resumed.ResumedAtStep);
        CollectionAssert.AreEqual(expected, Trainings.ValuesOf(resumed));
        CollectionAssert.AreEqual(whole.Losses.ToArray(), resumed.Losses.ToArray());
        CollectionAssert.AreEqual(whole.ValidationLosses.ToArray(), resumed.ValidationLosses.ToArray());
        Assert.AreEqual(whole.BestStep, resumed.BestStep);
        Assert.AreEqual(whole.Tokens, resumed.Tokens);
    }

    [TestMethod]
    public void A_run_that_is_cancelled_at_random_moments_ends_at_the_adapter_of_an_uninterrupted_one()
    {
        using var training = new Trainings();
        float[] expected = training.Adapter();
        using var folder = new TemporaryFolder();
        var random = new SeededRandom(3);
        TrainingResult? result = null;

        // The wait grows, so that the run comes to its end however slow the machine is.
        for (int attempt = 1; result is null; attempt++)
        {
            using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(attempt * (1 + (int)(random.Next() % 20))));
            try
            {
                result = training.Run(Store(folder), cancellationToken: cancellation.Token);
            }
            catch (OperationCanceledException)
            {
                AssertOnlyCheckpoints(folder);
            }
        }

        CollectionAssert.AreEqual(expected, Trainings.ValuesOf(result));
    }

    [TestMethod]
    public void A_run_that_stopped_early_stops_there_again()
    {
        using var training = Trainings.ThatGetsWorse(patience: 2);
        TrainingResult whole = training.Run();
        float[] expected = Trainings.ValuesOf(whole);
        Assert.IsTrue(whole.StoppedEarly);
        using var folder = new TemporaryFolder();

        // The process is killed after the run has stopped early, before its caller clears the checkpoints.
        Trainings.ValuesOf(training.Run(Store(folder)));
        TrainingResult resumed = training.Run(Store(folder));

        Assert.AreEqual(whole.Steps, resumed.Steps);
        Assert.IsTrue(resumed.StoppedEarly);
        CollectionAssert.AreEqual(expected, Trainings.ValuesOf(resumed));
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.3)]
    [DataRow(0.999)]
    public void A_damaged_checkpoint_is_passed_over_for_the_one_before(double place)
    {
        using var training = new Trainings();
        float[] expected = training.Adapter();
        using var folder = new TemporaryFolder();
        training.CancelAfter(6, Store(folder));
        string newest = Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal).Last();
        byte[] bytes = File.ReadAllBytes(newest);
        bytes[(int)(place * bytes.Length)] ^= 1;
        File.WriteAllBytes(newest, bytes);

        TrainingResult resumed = training.Run(Store(folder));

        Assert.AreEqual(5, resumed.ResumedAtStep);
        CollectionAssert.AreEqual(expected, Trainings.ValuesOf(resumed));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(39)]
    [DataRow(1000)]
    public void With_damaged_checkpoints_only_the_run_starts_afresh(int length)
    {
        using var training = new Trainings();
        float[] expected = training.Adapter();
        using var folder = new TemporaryFolder();
        training.CancelAfter(6, Store(folder));
        foreach (string path in Directory.GetFiles(folder.Path))
        {
            File.WriteAllBytes(path, File.ReadAllBytes(path)[..length]);
        }

        TrainingResult resumed = training.Run(Store(folder));

        Assert.AreEqual(0, resumed.ResumedAtStep);
        CollectionAssert.AreEqual(expected, Trainings.ValuesOf(resumed));
    }

    [TestMethod]
    public void Checkpoints_that_cannot_be_used_do_not_push_out_new_ones()
    {
        using var folder = new TemporaryFolder();
        using (var other = new Trainings { Rows = Scenarios.Task(20, seed: 9) })
        {
            other.CancelAfter(12, Store(folder));
        }

        using var training = new Trainings();
        training.CancelAfter(5, Store(folder));

        TrainingResult resumed = training.Run(Store(folder));

        Assert.AreEqual(5, resumed.ResumedAtStep);
        Trainings.ValuesOf(resumed);
    }

    [TestMethod]
    public void A_checkpoint_of_other_rows_recipe_start_type_or_key_is_not_used()
    {
        using var folder = new TemporaryFolder();
        using var training = new Trainings();
        training.CancelAfter(6, Store(folder));
        TrainingExample[] changed = [.. training.Rows];
        changed[3] = changed[3] with { CompletionTokens = [7, 2] };
        TrainingExample[] weighted = [.. training.Rows];
        weighted[3] = weighted[3] with { CompletionWeights = [1, 1] };

        foreach (Func<Trainings> create in (Func<Trainings>[])
        [
            () => new Trainings { Rows = changed },
            () => new Trainings { Rows = weighted },
            () => new Trainings { Rows = [.. training.Rows.Reverse()] },
            () => new Trainings { Validation = [.. training.Validation.Skip(1)] },
            () => new Trainings { Rows = [.. training.Rows, training.Validation[0]], Validation = [.. training.Validation.Skip(1)] },
            () => new Trainings { Recipe = training.Recipe with { LearningRate = 4e-3 } },
            () => new Trainings { Recipe = training.Recipe with { Seed = 1 } },
            () => new Trainings { AdapterSeed = 2 },
            () => new Trainings(type: ComputeType.BFloat16),
            () => new Trainings("llama3"),
        ])
        {
            using Trainings other = create();
            Assert.AreEqual(1, other.CancelAfter(1, new CheckpointStore(folder.Path, "key", TimeSpan.MaxValue)).LastStep);
        }

        Assert.AreEqual(1, training.CancelAfter(1, new CheckpointStore(folder.Path, "another key", TimeSpan.MaxValue)).LastStep);
        Assert.AreEqual(7, training.CancelAfter(7, Store(folder)).LastStep);
    }

    [TestMethod]
    public void Two_checkpoints_are_kept_and_clearing_deletes_them()
    {
        using var folder = new TemporaryFolder();
        using var training = new Trainings();
        training.CancelAfter(7, Store(folder));

        CollectionAssert.AreEquivalent((string[])["step-000000006.checkpoint", "step-000000007.checkpoint"], Names(folder));

        Store(folder).Clear();
        Assert.IsEmpty(Names(folder));
        new CheckpointStore(folder.File("never made"), "key").Clear();
    }

    [TestMethod]
    public void Between_checkpoints_nothing_is_written()
    {
        using var folder = new TemporaryFolder();
        using var training = new Trainings();

        training.CancelAfter(7, new CheckpointStore(folder.Path, "key", TimeSpan.FromDays(1)));

        Assert.IsEmpty(Names(folder));
    }

    private static CheckpointStore Store(TemporaryFolder folder) => new(folder.Path, "key", TimeSpan.Zero);

    private static string[] Names(TemporaryFolder folder) => [.. Directory.EnumerateFileSystemEntries(folder.Path).Select(path => Path.GetFileName(path))];

    private static void AssertOnlyCheckpoints(TemporaryFolder folder) => Assert.IsTrue(Names(folder).All(name => name.EndsWith(".checkpoint", StringComparison.Ordinal)));
}
