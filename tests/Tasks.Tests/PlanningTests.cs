using EdgeBuild.Contracts.Plans;
using Microsoft.Build.Framework;

namespace EdgeBuild.Tasks.Tests;

/// <summary>Calls the planning task itself with the items of a project file.</summary>
[TestClass]
public sealed class PlanningTests : IDisposable
{
    private const string Good = """
        <EdgeBase Include="tiny" Source="base.gguf" License="MIT" />
        <EdgeModel Include="Support" Base="tiny" />
        <EdgePrompt Include="prompts/triage.prompty" Model="Support" />
        <EdgeDataset Include="data/train.jsonl" Prompt="triage" />
        <EdgeDataset Include="data/test.jsonl" Prompt="triage" Split="Test" />
        """;

    private readonly GeneratedProject _project = new();

    public PlanningTests() => _project.Write("base.gguf", "not a model");

    public void Dispose() => _project.Dispose();

    [TestMethod]
    public void Good_items_become_a_plan()
    {
        (RecordingBuildEngine engine, TrainingPlan? plan) = Plan(Good);

        Assert.IsEmpty(engine.Errors);
        Assert.IsEmpty(engine.Warnings);
        Assert.AreEqual("MIT", plan!.Base.License);
        Assert.AreEqual(64, plan.Base.Sha256.Length);
        Assert.AreEqual(new PlannedRecipe(), plan.Recipe);
        Assert.AreEqual("Q8_0", plan.Quantization);
        CollectionAssert.AreEqual(new[] { "Access", "Billing" }, plan.Prompts[0].Labels["category"].ToArray());
        Assert.AreEqual("data/train.jsonl", plan.Prompts[0].Datasets[0].DisplayPath);
        Assert.AreEqual(Path.Combine(_project.Directory, "data", "train.jsonl"), plan.Prompts[0].Datasets[0].Path);
    }

    [TestMethod]
    [DataRow("Base=\"tiny\"", "Base=\"tinny\"", "EDGE0002", 3, "Did you mean 'tiny'?")]
    [DataRow("Model=\"Support\"", "Model=\"Suport\"", "EDGE0002", 4, "Did you mean 'Support'?")]
    [DataRow("Model=\"Support\"", "", "EDGE0002", 4, "lacks Model")]
    [DataRow("train.jsonl\" Prompt=\"triage\"", "train.jsonl\" Prompt=\"triaje\"", "EDGE0002", 5, "Did you mean 'triage'?")]
    [DataRow("data/train.jsonl", "data/trian.jsonl", "EDGE0004", 5, "does not exist")]
    [DataRow("prompts/triage.prompty", "prompts/none.prompty", "EDGE0004", 4, "does not exist")]
    [DataRow("Source=\"base.gguf\"", "Source=\"none.gguf\"", "EDGE0004", 2, "does not exist")]
    [DataRow("Source=\"base.gguf\"", "", "EDGE0001", 2, "has no Source")]
    [DataRow("Source=\"base.gguf\"", "Source=\"hf:a/b@main/d.gguf\"", "EDGE4008", 2, "edgebuild fetch hf:a/b@main/d.gguf")]
    [DataRow("Source=\"base.gguf\"", "Source=\"hf:a/b/d.gguf\"", "EDGE4008", 2, "names no revision")]
    [DataRow("Source=\"base.gguf\"", "Source=\"nuget:a\"", "EDGE0001", 2, "cannot be read")]
    [DataRow("Source=\"base.gguf\"", "Source=\"hf:a/../b@c/d.gguf\"", "EDGE0001", 2, "cannot be read")]
    [DataRow("License=\"MIT\"", "Sha256=\"abc\"", "EDGE0001", 2, "64 hexadecimal digits")]
    [DataRow("Split=\"Test\"", "Split=\"Tests\"", "EDGE0001", 6, "Did you mean 'Test'?")]
    [DataRow("Split=\"Test\"", "Weight=\"-1\"", "EDGE0001", 6, "from 0.001")]
    [DataRow("Split=\"Test\"", "Adapter=\"Tenant\"", "EDGE0002", 6, "names no EdgeAdapter")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" Rank=\"0\"", "EDGE2003", 3, "from 1 to 512")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" LearningRate=\"0,1\"", "EDGE2003", 3, "must be a number")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" LearningRat=\"0.1\"", "EDGE0001", 3, "Did you mean 'LearningRate'?")]
    [DataRow("Split=\"Test\"", "Splitt=\"Test\"", "EDGE0001", 6, "Did you mean 'Split'?")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" LearningRate=\"0\"", "EDGE2003", 3, "must be a number")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" MaxLength=\"8\"", "EDGE2003", 3, "from 16 to")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" TargetModules=\"q_proj;v_prj\"", "EDGE2003", 3, "Did you mean 'v_proj'?")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" ValidationSplit=\"8\"", "EDGE2003", 3, "from 0.01 to 0.5")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" Patience=\"-1\"", "EDGE2003", 3, "from 0 to 1000")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" LoraPlusRatio=\"x\"", "EDGE2003", 3, "must be a number")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" RsLora=\"yes\"", "EDGE2003", 3, "true or false")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" MinAccuracy=\"90\"", "EDGE0001", 3, "from 0 to 1")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" Delivery=\"Adapter\"", "EDGE0001", 3, "Did you mean 'Adapters'?")]
    [DataRow("EdgeModel Include=\"Support\"", "EdgeModel Include=\"Sup/port\"", "EDGE0001", 3, "letters, digits")]
    public void A_wrong_item_is_an_error_at_its_line_of_the_project(string old, string @new, string code, int line, string message)
    {
        (RecordingBuildEngine engine, _) = Plan(Good.Replace(old, @new, StringComparison.Ordinal));

        BuildErrorEventArgs error = engine.Errors.Single(item => item.Code == code);
        Assert.AreEqual(_project.ProjectFile, error.File);
        Assert.AreEqual(line, error.LineNumber);
        Assert.AreEqual($"docs/errors/{code}.md", error.HelpLink);
        Assert.Contains(message, error.Message!);
    }

    [TestMethod]
    [DataRow("<EdgeBase Include=\"tiny\" Source=\"base.gguf\" />")]
    [DataRow("<EdgeModel Include=\"Support\" Base=\"tiny\" />")]
    [DataRow("<EdgePrompt Include=\"prompts/triage.prompty\" Model=\"Support\" />")]
    [DataRow("<EdgeModel Include=\"SUPPORT\" Base=\"tiny\" />", DisplayName = "names of one file where the file system ignores case")]
    public void A_name_that_is_declared_twice_is_an_error(string item)
    {
        (RecordingBuildEngine engine, _) = Plan(Good + item);

        Assert.AreEqual("EDGE0003", engine.Errors[0].Code);
    }

    [TestMethod]
    public void Two_prompt_files_of_one_name_are_an_error()
    {
        _project.Write("prompts/other.prompty", GeneratedProject.Prompt);
        (RecordingBuildEngine engine, _) = Plan(Good + "<EdgePrompt Include=\"prompts/other.prompty\" Model=\"Support\" />");

        Assert.AreEqual("EDGE0003", engine.Errors.Single().Code);
        Assert.AreEqual(7, engine.Errors[0].LineNumber);
    }

    [TestMethod]
    public void A_model_that_no_prompt_names_is_an_error()
    {
        (RecordingBuildEngine engine, _) = Plan(Good + "<EdgeModel Include=\"Other\" Base=\"tiny\" />");

        Assert.Contains("nothing to learn", engine.Errors.Single().Message!);
    }

    [TestMethod]
    public void Errors_in_prompt_and_data_carry_the_full_path_and_the_place()
    {
        _project.Write("data/train.jsonl", GeneratedProject.Rows(12) + "{]\n");
        (RecordingBuildEngine engine, _) = Plan(Good);

        BuildErrorEventArgs error = engine.Errors.Single();
        Assert.AreEqual(("EDGE1101", Path.Combine(_project.Directory, "data", "train.jsonl"), 13, 2), (error.Code, error.File, error.LineNumber, error.ColumnNumber));
    }

    [TestMethod]
    public void All_errors_are_reported_in_one_build()
    {
        _project.Write("prompts/triage.prompty", "---\nname: triage\n---\nhello");
        (RecordingBuildEngine engine, _) = Plan(Good.Replace("Base=\"tiny\"", "Base=\"tiny\" Rank=\"x\"", StringComparison.Ordinal));

        CollectionAssert.Contains(engine.Errors.Select(error => error.Code).ToArray(), "EDGE2003");
        Assert.IsTrue(engine.Errors.Exists(error => error.File.EndsWith("triage.prompty", StringComparison.Ordinal)));
        Assert.IsFalse(engine.Errors.Exists(error => error.Code == "EDGE0002"), "datasets are not wrong because their prompt is");
    }

    [TestMethod]
    public void A_damaged_lock_file_is_an_error()
    {
        _project.Write("edgebuild.lock.json", "<<<<<<< HEAD\n");

        Assert.AreEqual("EDGE0006", Plan(Good).Engine.Errors.Single().Code);
    }

    [TestMethod]
    public void Keys_depend_on_content_and_not_on_names_and_places_of_files()
    {
        TrainingPlan plan = Plan(Good).Plan!;
        File.Move(Path.Combine(_project.Directory, "data", "train.jsonl"), Path.Combine(_project.Directory, "data", "moved.jsonl"));
        _project.Write("data/train.jsonl", "\n" + File.ReadAllText(Path.Combine(_project.Directory, "data", "moved.jsonl")).Replace("\", \"", "\",\"", StringComparison.Ordinal));
        File.Delete(Path.Combine(_project.Directory, "data", "moved.jsonl"));
        _project.Write("other.gguf", "not a model");
        TrainingPlan same = Plan(Good.Replace("base.gguf", "other.gguf", StringComparison.Ordinal)).Plan!;

        Assert.AreEqual(plan.AdapterKey, same.AdapterKey);
        Assert.AreEqual(plan.ModelKey, same.ModelKey);
    }

    [TestMethod]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" Seed=\"1\"")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" Epochs=\"1\"")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" LearningRate=\"0.001\"")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" MaxLength=\"256\"")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" TargetModules=\"q_proj\"")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" ValidationSplit=\"0.2\"")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" Patience=\"3\"")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" LoraPlusRatio=\"1\"")]
    [DataRow("Base=\"tiny\"", "Base=\"tiny\" RsLora=\"true\"")]
    [DataRow("train.jsonl\" Prompt", "train.jsonl\" Weight=\"2\" Prompt")]
    [DataRow("Split=\"Test\"", "Split=\"Validation\"")]
    [DataRow("<EdgeDataset Include=\"data/test.jsonl\" Prompt=\"triage\" Split=\"Test\" />", "")]
    public void What_changes_the_training_changes_the_adapter_key(string old, string @new)
    {
        Assert.AreNotEqual(Plan(Good).Plan!.AdapterKey, Plan(Good.Replace(old, @new, StringComparison.Ordinal)).Plan!.AdapterKey);
    }

    [TestMethod]
    [DataRow("Rank=\"8\" Alpha=\"16\" BatchSize=\"8\" Epochs=\"0\" ReviewPasses=\"1\" Seed=\"42\"")]
    [DataRow("ValidationSplit=\"0.08\" Patience=\"0\" LoraPlusRatio=\"3\" RsLora=\"False\" TargetModules=\" \"")]
    public void A_default_that_is_written_down_changes_no_key(string metadata) =>
        Assert.AreEqual(Plan(Good).Plan!.AdapterKey, Plan(Good.Replace("Base=\"tiny\"", "Base=\"tiny\" " + metadata, StringComparison.Ordinal)).Plan!.AdapterKey);

    [TestMethod]
    public void Metadata_of_the_users_own_is_left_alone() =>
        Assert.IsEmpty(Plan(Good.Replace("Base=\"tiny\"", "Base=\"tiny\" Visible=\"false\" Owner=\"me\"", StringComparison.Ordinal)).Engine.Errors);

    [TestMethod]
    public void Every_setting_reaches_the_plan()
    {
        const string All = "Base=\"tiny\" Rank=\"4\" Alpha=\"8\" LearningRate=\"0.002\" BatchSize=\"2\" Epochs=\"1.5\" ReviewPasses=\"2\" Seed=\"7\" MaxLength=\"256\" TargetModules=\"v_proj;q_proj, v_proj\" ValidationSplit=\"0.2\" Patience=\"3\" LoraPlusRatio=\"1\" RsLora=\"true\"";
        PlannedRecipe recipe = Plan(Good.Replace("Base=\"tiny\"", All, StringComparison.Ordinal)).Plan!.Recipe;

        Assert.AreEqual(
            new PlannedRecipe
            {
                Rank = 4,
                Alpha = 8,
                LearningRate = 0.002,
                BatchSize = 2,
                Epochs = 1.5,
                ReviewPasses = 2,
                Seed = 7,
                MaxLength = 256,
                TargetModules = "q_proj,v_proj",
                ValidationSplit = 0.2,
                Patience = 3,
                LoraPlusRatio = 1,
                RsLora = true,
            },
            recipe);
    }

    /// <summary>A setting that the targets do not watch would be changed without an effect until something else changes.</summary>
    [TestMethod]
    public void The_targets_watch_every_setting()
    {
        string targets = File.ReadAllText(Path.Combine(TestPaths.RepositoryRoot, "build", "EdgeBuild.Training.targets"));

        foreach (System.Reflection.PropertyInfo setting in typeof(PlannedRecipe).GetProperties())
        {
            Assert.Contains($"|%({setting.Name})|", targets);
        }
    }

    [TestMethod]
    public void Quantization_changes_the_model_key_only_and_gates_change_none()
    {
        TrainingPlan plan = Plan(Good).Plan!;
        TrainingPlan quantized = Plan(Good.Replace("Base=\"tiny\"", "Base=\"tiny\" Quantization=\"Q4_0\"", StringComparison.Ordinal)).Plan!;
        TrainingPlan gated = Plan(Good.Replace("Base=\"tiny\"", "Base=\"tiny\" MinAccuracy=\"0.5\"", StringComparison.Ordinal)).Plan!;

        Assert.AreEqual(plan.AdapterKey, quantized.AdapterKey);
        Assert.AreNotEqual(plan.ModelKey, quantized.ModelKey);
        Assert.AreEqual(plan.ModelKey, gated.ModelKey);
    }

    [TestMethod]
    public void The_release_in_the_key_is_the_one_that_is_bound() => Assert.AreEqual(LlamaCpp.LlamaCppRelease.Version, KeyedRelease());

    private static string KeyedRelease() => (string)typeof(PlanEdgeModels).Assembly.GetType("EdgeBuild.Tasks.ModelKeys", throwOnError: true)!
        .GetField("LlamaCppRelease")!.GetRawConstantValue()!;

    private (RecordingBuildEngine Engine, TrainingPlan? Plan) Plan(string items)
    {
        (RecordingBuildEngine engine, IReadOnlyList<TrainingPlan> plans) = PlannedItems.Plan(_project, items);
        return (engine, engine.Errors.Count == 0 ? plans.Single() : null);
    }
}
