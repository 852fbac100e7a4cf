using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Training;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Tests;

[TestClass]
public sealed class RecipeChoiceTests
{
    [TestMethod]
    [DataRow("llama", 134_515_008L, 1e-3)]
    [DataRow("qwen2", 494_000_000L, 5e-4)]
    [DataRow("llama", 1_236_000_000L, 3e-4)]
    [DataRow("phi3", 3_836_000_000L, 2e-4)]
    [DataRow("gemma3", 268_000_000L, 2.5e-4)]
    public void A_larger_base_learns_at_a_lower_rate(string architecture, long parameters, double rate) =>
        Assert.AreEqual(rate, RecipeChoice.For(Plan(new PlannedRecipe()), new BaseFacts(architecture, parameters, 2048), 1000, [], onlyLabels: false).LearningRate);

    [TestMethod]
    public void What_the_project_sets_is_taken()
    {
        var planned = new PlannedRecipe { Rank = 4, Alpha = 9, LearningRate = 0.002, BatchSize = 2, Epochs = 1.5, ReviewPasses = 2, Seed = 7, TargetModules = "k_proj,q_proj", Patience = 3, LoraPlusRatio = 5, RsLora = true };
        TrainingRecipe recipe = RecipeChoice.For(Plan(planned), new BaseFacts("llama", 9_000_000_000, 2048), 1000, [], onlyLabels: true);

        Assert.AreEqual(
            (4, 9.0, 0.002, 2, 1.5, 2, 7UL, 3, 5.0, true),
            (recipe.Rank, recipe.Alpha, recipe.LearningRate, recipe.BatchSize, recipe.Epochs, recipe.ReviewPasses, recipe.Seed, recipe.Patience, recipe.LoraPlusRatio, recipe.RankStabilized));
        CollectionAssert.AreEqual(new[] { "k_proj", "q_proj" }, recipe.TargetModules!.ToArray());
    }

    [TestMethod]
    public void The_header_of_a_base_tells_its_size()
    {
        var facts = BaseFacts.Read(RepositoryFiles.Fixture("smollm2", "base.gguf"));

        Assert.AreEqual(("llama", 512), (facts.Architecture, facts.ContextLength));
        Assert.IsGreaterThan(10_000, facts.ParameterCount);
    }

    [TestMethod]
    public void Findings_about_rows_are_bounded_and_counted()
    {
        var written = new List<Diagnostic>();
        BoundedWarnings.Write("EDGE1116", [.. Enumerable.Range(1, 25).Select(line => ("rows.csv", line, "text."))], written.Add);

        Assert.HasCount(11, written);
        Assert.AreEqual("rows.csv(10,1): warning EDGE1116: text.", written[9].ToString());
        Assert.AreEqual("rows.csv: warning EDGE1116: and 15 more rows of this kind.", written[10].ToString());
    }

    private static TrainingPlan Plan(PlannedRecipe recipe) => new()
    {
        Model = "Test",
        AdapterKey = "adapter",
        ModelKey = "model",
        ParentAdapterKey = string.Empty,
        Quantization = "F32",
        CacheDirectory = "cache",
        Base = new PlannedBase("test", "base.gguf", "hash", "Apache-2.0", "test"),
        Recipe = recipe,
        Gates = new PlannedGates(null, null),
        Prompts = [],
        LastAccuracy = new Dictionary<string, double>(),
        MaxTrainingMinutes = 0,
        Threads = 1,
        Offline = true,
    };
}
