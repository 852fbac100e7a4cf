using EdgeBuild.Contracts.Plans;

namespace EdgeBuild.Contracts.Tests;

[TestClass]
public sealed class TrainingPlanTests
{
    [TestMethod]
    public void A_plan_reads_back_with_every_value()
    {
        var plan = new TrainingPlan
        {
            Kind = ArtifactKind.Adapter,
            Model = "Support",
            Adapter = "acme",
            AdapterKey = "a",
            ModelKey = "m",
            PlainModelKey = "q",
            ParentAdapterKey = "p",
            Quantization = "Base",
            CacheDirectory = "/tmp/cache with space/ü",
            Base = new PlannedBase("smollm2", "/models/x.gguf", "b1", "Apache-2.0", "embedded"),
            Recipe = new PlannedRecipe { Rank = 8, Alpha = 16, LearningRate = 1e-3, BatchSize = 4, Epochs = 2.5, ReviewPasses = 3, Seed = 7, MaxLength = 512, TargetModules = "q_proj,v_proj", ValidationSplit = 0.2, Patience = 2, LoraPlusRatio = 4, RsLora = true },
            Gates = new PlannedGates(0.9, null) { MinRougeL = 0.4, MinChrf = 0.3, MinFieldAccuracy = 0.8 },
            Prompts =
            [
                new PlannedPrompt
                {
                    Name = "triage",
                    Path = "/p/triage.prompty",
                    DisplayPath = "prompts/triage.prompty",
                    TestRowsHash = "t",
                    Labels = new Dictionary<string, IReadOnlyList<string>> { ["category"] = ["A", "B"] },
                    Datasets = [new PlannedDataset("/p/a.jsonl", "data/a.jsonl", "Train", 1.5)],
                },
            ],
            LastAccuracy = new Dictionary<string, double> { ["triage/category"] = 0.91 },
            MaxTrainingMinutes = 12.5,
            Threads = 3,
            MaxMemory = 8_000_000_000,
            CacheLimit = 20_000_000_000,
            Offline = true,
        };

        TrainingPlan read = TrainingPlan.Parse(plan.ToText());

        Assert.AreEqual(plan.ToText(), read.ToText());
        Assert.AreEqual((plan.Kind, plan.Adapter, plan.PlainModelKey), (read.Kind, read.Adapter, read.PlainModelKey));
        Assert.AreEqual(plan.Base, read.Base);
        Assert.AreEqual(plan.Recipe, read.Recipe);
        Assert.AreEqual(plan.Gates, read.Gates);
        Assert.AreEqual(plan.Prompts[0].Datasets[0], read.Prompts[0].Datasets[0]);
        Assert.AreEqual(0.91, read.LastAccuracy["triage/category"]);
        CollectionAssert.AreEqual(new[] { "A", "B" }, read.Prompts[0].Labels["category"].ToArray());
        Assert.AreEqual((plan.MaxMemory, plan.CacheLimit), (read.MaxMemory, read.CacheLimit));
        Assert.IsTrue(read.Offline);
    }

    [TestMethod]
    [DataRow("{}")]
    [DataRow("{\"contractVersion\": 1}")]
    [DataRow("not json")]
    public void A_damaged_plan_is_a_coded_error(string text) =>
        Assert.AreEqual(ErrorCodes.WorkerDefect, Assert.ThrowsExactly<EdgeBuildException>(() => TrainingPlan.Parse(text)).Code);
}
