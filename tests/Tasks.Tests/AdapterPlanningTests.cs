using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using Microsoft.Build.Framework;

namespace EdgeBuild.Tasks.Tests;

/// <summary>A model of adapters, one per customer.</summary>
[TestClass]
public sealed class AdapterPlanningTests : IDisposable
{
    private const string Tenants = """
        <EdgeBase Include="tiny" Source="base.gguf" License="MIT" />
        <EdgeModel Include="Support" Base="tiny" Rank="4" MinAccuracy="0.5" />
        <EdgePrompt Include="prompts/triage.prompty" Model="Support" />
        <EdgeAdapter Include="acme" Model="Support" />
        <EdgeAdapter Include="globex" Model="Support" Rank="2" />
        <EdgeDataset Include="data/acme.jsonl" Prompt="triage" Adapter="acme" />
        <EdgeDataset Include="data/globex.jsonl" Prompt="triage" Adapter="globex" />
        """;

    private const string Shared = "<EdgeDataset Include=\"data/train.jsonl\" Prompt=\"triage\" />";

    private readonly GeneratedProject _project = new();

    public AdapterPlanningTests()
    {
        _project.Write("base.gguf", "not a model");
        _project.Write("data/acme.jsonl", GeneratedProject.Rows(12));
        _project.Write("data/globex.jsonl", GeneratedProject.Rows(14).Replace("Billing", "Refund", StringComparison.Ordinal));
    }

    public void Dispose() => _project.Dispose();

    [TestMethod]
    public void Each_adapter_has_a_plan_of_its_own_after_that_of_the_plain_model()
    {
        IReadOnlyList<TrainingPlan> plans = Plan(Tenants);

        CollectionAssert.AreEqual(new[] { ArtifactKind.PlainModel, ArtifactKind.Adapter, ArtifactKind.Adapter }, plans.Select(plan => plan.Kind).ToArray());
        CollectionAssert.AreEqual(new[] { "Support", "acme.lora", "globex.lora" }, plans.Select(plan => plan.FileStem).ToArray());
        Assert.IsTrue(plans.All(plan => plan.Model == "Support" && plan.Quantization == "Base"));
        Assert.AreEqual(string.Empty, plans[0].AdapterKey);
        Assert.IsEmpty(plans[0].Prompts.Single().Datasets);
        Assert.AreEqual(plans[0].ModelKey, plans[1].PlainModelKey);
        Assert.HasCount(3, plans.Select(plan => plan.ModelKey).Distinct());
        Assert.AreEqual("data/globex.jsonl", plans[2].Prompts.Single().Datasets.Single().DisplayPath);

        // Settings are those of the model where the adapter has none.
        Assert.AreEqual((4, 2), (plans[1].Recipe.Rank, plans[2].Recipe.Rank));
        Assert.AreEqual(0.5, plans[2].Gates.MinAccuracy);

        // One client serves all of them.
        Assert.IsTrue(plans.All(plan => plan.Prompts.Single().Labels["category"].SequenceEqual(["Access", "Billing", "Refund"])));
    }

    [TestMethod]
    public void Datasets_that_name_no_adapter_train_the_one_with_the_name_of_the_model()
    {
        IReadOnlyList<TrainingPlan> plans = Plan(Tenants + Shared);

        CollectionAssert.AreEqual(new[] { "Support", "Support.lora", "acme.lora", "globex.lora" }, plans.Select(plan => plan.FileStem).ToArray());
        Assert.AreEqual("triage/category", plans[1].MetricKey("triage", "category"));
        Assert.AreEqual("acme:triage/category", plans[2].MetricKey("triage", "category"));
    }

    [TestMethod]
    public void Delivery_alone_makes_an_adapter_of_what_would_be_merged()
    {
        IReadOnlyList<TrainingPlan> plans = Plan("""
            <EdgeBase Include="tiny" Source="base.gguf" License="MIT" />
            <EdgeModel Include="Support" Base="tiny" Delivery="Adapters" Quantization="Q8_0" />
            <EdgePrompt Include="prompts/triage.prompty" Model="Support" />
            """ + Shared);

        CollectionAssert.AreEqual(new[] { "Support", "Support.lora" }, plans.Select(plan => plan.FileStem).ToArray());
        Assert.AreEqual("Q8_0", plans[0].Quantization);
    }

    [TestMethod]
    public void Rows_of_one_customer_change_the_keys_of_no_other()
    {
        IReadOnlyList<TrainingPlan> before = Plan(Tenants);
        _project.Write("data/acme.jsonl", GeneratedProject.Rows(16));
        IReadOnlyList<TrainingPlan> after = Plan(Tenants);

        Assert.AreEqual(before[0].ModelKey, after[0].ModelKey);
        Assert.AreNotEqual(before[1].AdapterKey, after[1].AdapterKey);
        Assert.AreEqual((before[2].AdapterKey, before[2].ModelKey), (after[2].AdapterKey, after[2].ModelKey));
    }

    [TestMethod]
    public void The_type_of_the_plain_model_changes_the_entries_but_trains_nothing_anew()
    {
        IReadOnlyList<TrainingPlan> before = Plan(Tenants);
        IReadOnlyList<TrainingPlan> after = Plan(Tenants.Replace("Rank=\"4\"", "Rank=\"4\" Quantization=\"Q8_0\"", StringComparison.Ordinal));

        for (int index = 0; index < before.Count; index++)
        {
            Assert.AreEqual(before[index].AdapterKey, after[index].AdapterKey);
            Assert.AreNotEqual(before[index].ModelKey, after[index].ModelKey);
        }
    }

    [TestMethod]
    [DataRow("acme\" Model=\"Support\"", "acme\" Model=\"Suport\"", "EDGE0002", 5, "Did you mean 'Support'?")]
    [DataRow("acme\" Model=\"Support\"", "ac/me\" Model=\"Support\"", "EDGE0001", 5, "letters, digits")]
    [DataRow("EdgeAdapter Include=\"acme\"", "EdgeAdapter Include=\"support\"", "EDGE0001", 5, "the same name")]
    [DataRow("EdgeAdapter Include=\"globex\"", "EdgeAdapter Include=\"ACME\"", "EDGE0003", 6, "are called 'acme'")]
    [DataRow("globex\" Model=\"Support\" Rank=\"2\"", "globex\" Model=\"Support\" Rank=\"0\"", "EDGE2003", 6, "of the EdgeAdapter 'globex'")]
    [DataRow("globex\" Model=\"Support\" Rank=\"2\"", "globex\" Model=\"Support\" LearningRat=\"2\"", "EDGE0001", 6, "Did you mean 'LearningRate'?")]
    [DataRow("Rank=\"4\"", "Rank=\"0\"", "EDGE2003", 3, "of the EdgeModel 'Support'")]
    [DataRow("Rank=\"4\"", "Rank=\"4\" Delivery=\"Merged\"", "EDGE0001", 3, "acme, globex")]
    [DataRow("Adapter=\"globex\"", "Adapter=\"globx\"", "EDGE0002", 8, "Did you mean 'globex'?")]
    [DataRow("Adapter=\"globex\"", "Adapter=\"globex\" Split=\"Test\"", "EDGE0001", 6, "nothing to learn")]
    public void A_wrong_adapter_is_an_error_at_its_line_of_the_project(string old, string @new, string code, int line, string message)
    {
        (RecordingBuildEngine engine, _) = PlannedItems.Plan(_project, Tenants.Replace(old, @new, StringComparison.Ordinal));

        BuildErrorEventArgs error = engine.Errors.First(item => item.Code == code);
        Assert.AreEqual(line, error.LineNumber, error.Message);
        Assert.Contains(message, error.Message!);
    }

    [TestMethod]
    public void A_dataset_of_another_models_prompt_is_an_error()
    {
        _project.Write("prompts/other.prompty", GeneratedProject.Prompt.Replace("triage", "other", StringComparison.Ordinal));
        (RecordingBuildEngine engine, _) = PlannedItems.Plan(_project, Tenants + """
            <EdgeModel Include="Other" Base="tiny" /><EdgePrompt Include="prompts/other.prompty" Model="Other" /><EdgeDataset Include="data/train.jsonl" Prompt="other" Adapter="acme" />
            """);

        Assert.Contains("prompts of its own model only", engine.Errors.First(error => error.Code == "EDGE0001").Message!);
    }

    [TestMethod]
    public void A_build_ships_the_plain_model_with_all_adapters_and_pins_each()
    {
        _project.WriteProject(Tenants.Replace("Source=\"base.gguf\"", "Source=\"base.gguf\"", StringComparison.Ordinal) + Shared);
        _project.Build().Succeeded();

        CollectionAssert.AreEqual(new[] { "Support", "Support", "acme", "globex" }, _project.WorkerRuns);
        CollectionAssert.AreEquivalent(
            new[] { "Support.gguf", "Support.edge.json", "Support.lora.gguf", "acme.lora.gguf", "globex.lora.gguf" },
            Directory.GetFiles(Path.Combine(_project.Output, "edge")).Select(Path.GetFileName).ToArray());
        string manifest = File.ReadAllText(Path.Combine(_project.Output, "edge", "Support.edge.json"));
        Assert.IsTrue(manifest.IndexOf("\"Support\"", StringComparison.Ordinal) < manifest.IndexOf("\"acme\"", StringComparison.Ordinal), manifest);
        var lockFile = LockFile.Parse(_project.LockFile, File.ReadAllText(_project.LockFile));
        CollectionAssert.AreEqual(new[] { "Support", "acme", "globex" }, lockFile.Adapters.Keys.ToArray());
        CollectionAssert.AreEqual(new[] { "acme:triage/category", "globex:triage/category", "triage/category" }, lockFile.Metrics.Keys.ToArray());

        _project.Build("-p:EdgeBuildTraining=Locked").Succeeded();
        _project.Write("data/acme.jsonl", GeneratedProject.Rows(18));
        Assert.Contains("adapter 'acme'", _project.Build("-p:EdgeBuildTraining=Locked").Failed("EDGE0005").Output);
        _project.Build().Succeeded();
        CollectionAssert.AreEqual(new[] { "Support", "Support", "acme", "globex", "acme" }, _project.WorkerRuns);

        Directory.Delete(_project.Output, recursive: true);
        _project.Build("-p:EdgeBuildTraining=Never").Succeeded();
        Assert.IsTrue(File.Exists(Path.Combine(_project.Output, "edge", "globex.lora.gguf")));
    }

    private IReadOnlyList<TrainingPlan> Plan(string items)
    {
        (RecordingBuildEngine engine, IReadOnlyList<TrainingPlan> plans) = PlannedItems.Plan(_project, items);
        Assert.IsEmpty(engine.Errors);
        return plans;
    }
}
