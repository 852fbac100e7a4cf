namespace EdgeBuild.Training.Tests;

/// <summary>What is said before a training about its memory and time.</summary>
[TestClass]
public sealed class EstimateTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    [DataRow("fixture", false, false)]
    [DataRow("SmolLM2", false, false)]
    [DataRow("SmolLM2", true, false)]
    [DataRow("SmolLM2", true, true)]
    public void A_step_takes_about_the_estimated_memory_and_hardly_more(string name, bool recomputes, bool keepsQuantized)
    {
        string path = name == "fixture" ? Fixture.Open("smollm2").File("base.gguf") : RepositoryFiles.Model;
        BaseModelHeader header = BaseModelHeader.Read(path);
        var recipe = new TrainingRecipe { Rank = 8, Alpha = 16, BatchSize = 16, Epochs = 1 };
        TrainingExample[] rows = Rows(header.Configuration.VocabularySize, 16);
        TrainingEstimator estimator = Estimator(header, recipe, rows);
        GC.Collect();

        // Forgets the peak of the tests before.
        File.WriteAllText("/proc/self/clear_refs", "5");
        TrainingEstimate estimate = estimator.Estimate(estimator.Plain with { RecomputesActivations = recomputes, KeepsBaseQuantized = keepsQuantized });
        var options = new BaseModelOptions { ComputeType = ComputeType.Float32, Device = TrainingDevice.Cpu, KeepQuantized = keepsQuantized };
        using BaseModel model = BaseModel.Load(path, options, TestContext.CancellationToken);
        using LoraAdapter start = LoraAdapter.Create(model, recipe.Rank, recipe.Alpha, seed: 1);
        TrainingResult result = new LoraTrainer(model, start, recipe) { Memory = estimate.Memory }
            .Run(rows, [], cancellationToken: TestContext.CancellationToken);
        result.Adapter.Dispose();

        TestContext.WriteLine($"estimated {estimate.PeakMemory / 1e6:0} MB, measured {result.PeakMemory / 1e6:0} MB");

        // What earlier tests gave back to the allocator counts as resident before the step and is used again in it, so the lower bound is wide;
        // tests/Worker.Tests compare a process of its own.
        Assert.IsGreaterThan(0.6 * estimate.PeakMemory, result.PeakMemory);
        Assert.IsLessThan(1.1 * estimate.PeakMemory, result.PeakMemory);
    }

    [TestMethod]
    public void Less_memory_means_slower_ways_and_too_little_means_none()
    {
        BaseModelHeader header = BaseModelHeader.Read(RepositoryFiles.Model);
        var recipe = new TrainingRecipe { Rank = 8, Alpha = 16, BatchSize = 64, Epochs = 1 };
        TrainingEstimator estimator = Estimator(header, recipe, Rows(header.Configuration.VocabularySize, 128));
        long most = estimator.Estimate(estimator.Plain).PeakMemory;
        long least = estimator.Smallest().PeakMemory;
        Assert.IsLessThan(0.6 * most, least);
        Assert.AreEqual(estimator.Plain, estimator.Choose(most)!.Memory);
        Assert.IsNull(estimator.Choose(least - 1));

        TimeSpan before = TimeSpan.Zero;
        var ways = new List<MemoryPlan>();
        for (long limit = most; limit >= least; limit -= (most - least) / 20)
        {
            TrainingEstimate choice = estimator.Choose(limit)!;
            Assert.IsLessThanOrEqualTo(limit, choice.PeakMemory);
            Assert.IsGreaterThanOrEqualTo(before, choice.Duration);
            before = choice.Duration;
            ways.Add(choice.Memory);
        }

        // Computing activations again costs most, so it does not come first.
        Assert.IsFalse(ways.First(way => way != estimator.Plain).RecomputesActivations);
        Assert.IsTrue(ways.Any(way => way.TokensPerPass < estimator.Plain.TokensPerPass));
        Assert.IsTrue(ways.Any(way => way.KeepsBaseQuantized));
        Assert.IsTrue(ways.Any(way => way.RecomputesActivations));
    }

    [TestMethod]
    public void A_run_that_goes_on_keeps_its_micro_batches_as_long_as_they_fit()
    {
        BaseModelHeader header = BaseModelHeader.Read(RepositoryFiles.Model);
        var recipe = new TrainingRecipe { Rank = 8, Alpha = 16, BatchSize = 64, Epochs = 1 };
        TrainingEstimator estimator = Estimator(header, recipe, Rows(header.Configuration.VocabularySize, 64));

        Assert.AreEqual(300, estimator.Choose(estimator.Estimate(estimator.Plain).PeakMemory, tokensPerPass: 300)!.Memory.TokensPerPass);
    }

    [TestMethod]
    public void Time_grows_with_rows_and_falls_with_the_speed_of_the_machine()
    {
        BaseModelHeader header = BaseModelHeader.Read(RepositoryFiles.Model);
        var recipe = new TrainingRecipe { Rank = 8, Alpha = 16, BatchSize = 16, Epochs = 1 };
        TrainingExample[] rows = Rows(header.Configuration.VocabularySize, 128);

        TimeSpan whole = Duration(rows, 100);
        Assert.AreEqual(whole.TotalSeconds / 2, Duration(rows[..64], 100).TotalSeconds, 0.02 * whole.TotalSeconds);
        Assert.AreEqual(whole.TotalSeconds / 4, Duration(rows, 400).TotalSeconds, 0.001 * whole.TotalSeconds);

        // 4 operations a weight and token at the probed speed are a lower bound, and a small multiple of them an upper one.
        double operations = 4 * header.Configuration.LinearParameterCount * rows.Length * 48;
        Assert.IsGreaterThan(operations / 100e9, whole.TotalSeconds);
        Assert.IsLessThan(3 * operations / 100e9, whole.TotalSeconds);

        TimeSpan Duration(TrainingExample[] some, double gflops)
        {
            var estimator = new TrainingEstimator(header, new ComputeProbe(ComputeType.Float32, gflops, 1), ComputeType.Float32, recipe, some, []);
            return estimator.Estimate(estimator.Plain).Duration;
        }
    }

    private static TrainingEstimator Estimator(BaseModelHeader header, TrainingRecipe recipe, TrainingExample[] rows) =>
        new(header, new ComputeProbe(ComputeType.Float32, 100, 1), ComputeType.Float32, recipe, rows, []);

    private static TrainingExample[] Rows(int vocabulary, int count)
    {
        var random = new SeededRandom(3);
        return [.. Enumerable.Range(0, count).Select(row => new TrainingExample([row, .. Tokens(44)], Tokens(4)))];

        int[] Tokens(int length) => [.. Enumerable.Range(0, length).Select(_ => (int)(random.Next() % (ulong)vocabulary))];
    }
}
