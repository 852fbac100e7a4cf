using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Prompts;
using EdgeBuild.Runtime;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Tests;

/// <summary>Whole runs of the worker on a tiny model: rows to adapter to the measured file.</summary>
[TestClass]
[DoNotParallelize]
public sealed class PlanRunTests : IDisposable
{
    private readonly SmallProject _project = new();

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _project.Dispose();

    [TestMethod]
    public async Task Two_prompts_with_rows_in_one_file_are_trained_jointly_into_one_adapter()
    {
        string train = SmallProject.Rows(0, 80);
        string test = SmallProject.Rows(1000, 20);
        TrainingPlan plan = _project.Plan("joint", string.Empty, _project.Prompt(SmallProject.Colors, train, test), _project.Prompt(SmallProject.Sizes, train, test));

        Assert.IsTrue(await _project.RunAsync(plan, TestContext.CancellationToken), string.Join('\n', _project.Output));

        LockFile fragment = LockFile.Parse("lock", File.ReadAllText(_project.ModelFile(plan, LockFile.FileName)));
        CollectionAssert.AreEquivalent(new[] { "color/color", "size/size" }, fragment.Metrics.Keys.ToArray());
        Assert.HasCount(1, Directory.GetFiles(Path.GetDirectoryName(_project.ModelFile(plan, "x"))!, "*.gguf"));
        foreach (LockedMetric metric in fragment.Metrics.Values)
        {
            Assert.AreEqual(20, metric.Rows);
            Assert.IsGreaterThanOrEqualTo(0.9, metric.Accuracy);
        }
    }

    [TestMethod]
    public async Task The_report_has_the_figures_that_an_app_measures_with_the_files_beside_it()
    {
        // Few steps, so that there are wrong answers too.
        _project.Recipe = _project.Recipe with { Epochs = 0.4 };
        TrainingPlan plan = _project.Plan("app", string.Empty, _project.Prompt(SmallProject.Colors, SmallProject.Rows(0, 80), SmallProject.Rows(1000, 60))) with { Quantization = "Q8_0" };
        await _project.RunAsync(plan, TestContext.CancellationToken);
        string model = _project.ModelFile(plan, "Test.gguf");
        OutputEvaluation measured = EvaluationRecord.Read(Path.GetDirectoryName(model)!)!.Shipped.Single();

        EdgeManifestPrompt prompt = EdgeManifest.Load(EdgeManifest.PathFor(model)).Prompts[0];
        using EdgePromptClient client = EdgePromptClient.Open(new PromptDefinition("Test", prompt.Name, SmallProject.Colors, prompt.Hash, prompt.Labels), new EdgeClientOptions { ModelPath = model });
        string[] inputs = [.. SmallProject.Rows(1000, 60).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split(',')[0])];
        var answers = new List<FieldPrediction>();
        await foreach (EdgePrediction prediction in client.PredictStreamAsync(inputs.Select(input => (IReadOnlyList<string>)[input]), new EdgeCallOptions(), TestContext.CancellationToken))
        {
            answers.Add(prediction.Fields[0]);
        }

        CollectionAssert.AreEqual(measured.Outcomes.Select(outcome => (outcome.Predicted, outcome.Confidence)).ToArray(), answers.Select(answer => (answer.Text, answer.Confidence)).ToArray());
        double accuracy = answers.Zip(measured.Outcomes).Count(pair => pair.First.Text == pair.Second.Expected) / 60.0;
        Assert.AreEqual(accuracy, measured.Accuracy);
        Assert.Contains(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"<b>{accuracy:P1}</b>exactly right of 60 rows"), await File.ReadAllTextAsync(_project.ModelFile(plan, "report.html"), TestContext.CancellationToken));

        // The temperature is known, so what the model would have been sure of without it is too.
        double temperature = prompt.Temperatures["color"];
        RowOutcome first = measured.Outcomes[0];
        double odds = Math.Pow(first.Confidence / (1 - first.Confidence), temperature);
        Assert.AreEqual(odds / (1 + odds), first.RawConfidence!.Value, 1e-6);
    }

    [TestMethod]
    public async Task The_untuned_base_writes_little_more_than_the_rows_expect()
    {
        string source = SmallProject.Colors.Replace("    maxInputTokens: 200\n", "    maxInputTokens: 200\n    freeText: [color]\n", StringComparison.Ordinal).Replace("    enumValues: [Red, Blue]\n", string.Empty, StringComparison.Ordinal);
        PlannedPrompt prompt = _project.Prompt(source, SmallProject.Rows(0, 40), SmallProject.Rows(1000, 10));
        TrainingPlan plan = _project.Plan("texts", string.Empty, prompt);
        await _project.RunAsync(plan, TestContext.CancellationToken);

        string fragment = _project.ModelFile(plan, LockFile.FileName);
        LockFile locked = LockFile.Parse("lock", await File.ReadAllTextAsync(fragment, TestContext.CancellationToken));
        Assert.IsTrue(locked.Metrics["color/color"] is { RougeL: > 0, BaseRougeL: not null, BaseChrf: not null });
        Assert.Contains($"@headline Test: {FiguresLine.Of(locked)}", _project.Output);
        EvaluationRecord record = EvaluationRecord.Read(Path.GetDirectoryName(fragment)!)!;
        OutputEvaluation untuned = record.Find(EvaluationSet.Base)!.Single();
        using LlamaCpp.LlamaModel vocabulary = LlamaCpp.LlamaModel.Load(plan.Base.Path, new LlamaCpp.LlamaModelOptions { VocabularyOnly = true }, TestContext.CancellationToken);
        int longest = new[] { "Red", "Blue" }.Max(color => vocabulary.Vocabulary.Tokenize(color).Length + 1);
        Assert.AreEqual((int)Math.Ceiling(AnswerLimit.Margin * longest), untuned.MostTokens);
        Assert.IsNull(record.Shipped.Single().MostTokens);
        TrainedPrompt trained = TrainedPrompt.Load(prompt, ChatFormat.ChatML);
        OutputEvaluation endless = (await ModelEvaluator.EvaluateAsync(
            new MeasuredModel(plan.Base.Path, trained.UntunedManifest("Test")), RowSet.Load([trained], 1, 0.15).Test, 1, _ => { }, TestContext.CancellationToken)).Single();
        Assert.IsLessThan(endless.Outcomes.Sum(outcome => outcome.Predicted.Length) / 10, untuned.Outcomes.Sum(outcome => outcome.Predicted.Length));
        Assert.Contains($"were cut after {untuned.MostTokens} tokens", await File.ReadAllTextAsync(_project.ModelFile(plan, "report.html"), TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task The_manifest_says_which_probabilities_an_app_can_act_on()
    {
        string test = SmallProject.Rows(1000, 40);
        TrainingPlan plan = _project.Plan("confidence", string.Empty, _project.Prompt(SmallProject.Colors, SmallProject.Rows(0, 120), test, SmallProject.Rows(2000, 40)));
        await _project.RunAsync(plan, TestContext.CancellationToken);

        string model = _project.ModelFile(plan, "Test.gguf");
        EdgeManifest manifest = EdgeManifest.Load(EdgeManifest.PathFor(model));
        EdgeManifestPrompt prompt = manifest.Prompts[0];
        Assert.IsTrue(prompt.Temperatures["color"] is > 0.05 and < 20, $"{prompt.Temperatures["color"]}");
        EdgeManifestConfidence confidence = prompt.Confidence["color"];
        Assert.AreEqual((40, 40), (confidence.Rows, confidence.TestRows));
        EdgeManifestPrecision level = confidence.FindLevel(0.9)!;
        CollectionAssert.AreEquivalent(new[] { "Red", "Blue" }, level.Thresholds.Keys.ToArray());
        Assert.IsGreaterThan(0.5, level.Coverage);
        Assert.IsGreaterThanOrEqualTo(0.9, level.Measured);

        var definition = new PromptDefinition("Test", prompt.Name, SmallProject.Colors, prompt.Hash, prompt.Labels);
        using EdgePromptClient client = EdgePromptClient.Open(definition, new EdgeClientOptions { ModelPath = model, Threads = 1, RequiredPrecision = 0.9 });
        Assert.AreEqual(new EdgeCoverage("color", 0.9, level.Coverage, level.Measured, 40), client.Coverage.Single());
        EdgePrediction familiar = await client.PredictAsync(["rrr rrr 3000 sss sss"], TestContext.CancellationToken);
        EdgePrediction unlike = await client.PredictAsync(["Und was ist das hier? 7 ; { } ü"], TestContext.CancellationToken);

        Assert.AreEqual("Red", familiar.Fields[0].Text);
        Assert.AreEqual(level.Thresholds["Red"], familiar.Fields[0].Threshold);
        Assert.IsTrue(familiar.IsConfident);
        Assert.IsFalse(familiar.IsUnfamiliar);
        Assert.IsLessThan(familiar.Fields[0].Familiarity!.Value, unlike.Fields[0].Familiarity!.Value);
        Assert.IsTrue(unlike.IsUnfamiliar);
        Assert.IsFalse(unlike.IsConfident);
    }

    [TestMethod]
    public async Task Wrong_labels_are_suspected_at_their_lines_and_shown_in_the_report()
    {
        _project.Recipe = _project.Recipe with { Epochs = 1 };
        string train = SmallProject.Rows(0, 150) + SmallProject.Row(400, "Blue") + SmallProject.Row(401, "Red") + SmallProject.Rows(500, 150);
        TrainingPlan plan = _project.Plan("wrong labels", string.Empty, _project.Prompt(SmallProject.Colors, train, SmallProject.Rows(1000, 20)));

        await _project.RunAsync(plan, TestContext.CancellationToken);

        string[] warnings = [.. _project.Output.Where(line => line.Contains(ErrorCodes.SuspectedLabel, StringComparison.Ordinal))];
        CollectionAssert.AreEquivalent(new[] { "train.csv(152,1)", "train.csv(153,1)" }, warnings.Select(line => line.Split(':')[0]).ToArray(), string.Join('\n', _project.Output));
        Assert.DoesNotContain("400", string.Concat(warnings.Select(line => line[line.IndexOf(": warning", StringComparison.Ordinal)..])));
        string report = File.ReadAllText(_project.ModelFile(plan, "report.html"));
        Assert.Contains("Labels that look wrong", report);
        Assert.Contains("rrr rrr 400 sss sss", report);
    }

    [TestMethod]
    public async Task A_few_changed_rows_refresh_the_nearest_adapter_whichever_the_lock_file_names()
    {
        string test = SmallProject.Rows(1000, 20);
        TrainingPlan near = _project.Plan("near", string.Empty, _project.Prompt(SmallProject.Colors, SmallProject.Rows(0, 100), test));
        TrainingPlan far = _project.Plan("far", string.Empty, _project.Prompt(SmallProject.Colors, SmallProject.Rows(60, 100), test));
        TrainingPlan next = _project.Plan("next", "far", _project.Prompt(SmallProject.Colors, SmallProject.Rows(0, 102), test));
        foreach (TrainingPlan plan in (TrainingPlan[])[near, far, next])
        {
            // The rows of a plan are those that its prompt wrote last.
            _project.Prompt(SmallProject.Colors, plan == far ? SmallProject.Rows(60, 100) : SmallProject.Rows(0, plan == near ? 100 : 102), test);
            await _project.RunAsync(plan, TestContext.CancellationToken);
        }

        Assert.AreEqual("trained from the start", _project.OriginOf(far));
        Assert.StartsWith($"refreshed from {near.AdapterKey[..12]} on ", _project.OriginOf(next));
    }

    [TestMethod]
    public async Task What_another_models_rows_have_taught_is_not_gone_on_from()
    {
        string test = SmallProject.Rows(1000, 20);
        TrainingPlan others = _project.Plan("others", string.Empty, _project.Prompt(SmallProject.Colors, SmallProject.Rows(0, 100), test)) with { Model = "Other" };
        await _project.RunAsync(others, TestContext.CancellationToken);
        TrainingPlan own = _project.Plan("own", string.Empty, _project.Prompt(SmallProject.Colors, SmallProject.Rows(0, 102), test));
        await _project.RunAsync(own, TestContext.CancellationToken);

        Assert.AreEqual("trained from the start", _project.OriginOf(own));
    }

    [TestMethod]
    public async Task A_refresh_that_is_worse_than_its_parent_is_thrown_away_and_the_whole_is_trained()
    {
        string test = SmallProject.Rows(1000, 20);
        string validation = SmallProject.Rows(2000, 20);
        TrainingPlan first = _project.Plan("first", string.Empty, _project.Prompt(SmallProject.Colors, SmallProject.Rows(0, 100), test, validation));
        await _project.RunAsync(first, TestContext.CancellationToken);

        // Twenty rows that say the contrary of all others.
        string wrong = string.Concat(Enumerable.Range(300, 20).Select(number => SmallProject.Row(number, number % 2 == 0 ? "Blue" : "Red")));
        TrainingPlan second = _project.Plan("second", "first", _project.Prompt(SmallProject.Colors, SmallProject.Rows(0, 100) + wrong, test, validation));
        await _project.RunAsync(second, TestContext.CancellationToken);

        Assert.Contains("the refresh is worse than the adapter that it started from", string.Join('\n', _project.Output));
        Assert.StartsWith("trained from the start, since a refresh was worse", _project.OriginOf(second));
        Assert.IsFalse(Directory.Exists(Path.Combine(_project.Cache, "checkpoints", second.AdapterKey)));
    }

    [TestMethod]
    public async Task A_row_that_is_longer_than_MaxLength_is_an_error_at_its_line()
    {
        _project.Recipe = _project.Recipe with { MaxLength = 100 };
        string train = SmallProject.Rows(0, 40) + $"{string.Concat(Enumerable.Repeat("word ", 60))},Red,Small\n" + SmallProject.Rows(50, 10);
        TrainingPlan plan = _project.Plan("long", string.Empty, _project.Prompt(SmallProject.Colors, train, SmallProject.Rows(1000, 4)));

        EdgeBuildException error = await Assert.ThrowsExactlyAsync<EdgeBuildException>(() => _project.RunAsync(plan, TestContext.CancellationToken));

        Assert.AreEqual((ErrorCodes.ContextExceeded, "train.csv", 42), (error.Code, error.Path, error.Position.Line));
        Assert.Contains("MaxLength allows 100", error.Message);
    }

    [TestMethod]
    public async Task Cut_inputs_are_warned_about_at_their_lines()
    {
        string source = SmallProject.Colors.Replace("maxInputTokens: 200", "maxInputTokens: 60", StringComparison.Ordinal);
        string train = SmallProject.Rows(0, 40) + $"{string.Concat(Enumerable.Repeat("word ", 60))},Red,Small\n";
        _project.Recipe = _project.Recipe with { Epochs = 1 };
        TrainingPlan plan = _project.Plan("cut", string.Empty, _project.Prompt(source, train, SmallProject.Rows(1000, 4)));

        await _project.RunAsync(plan, TestContext.CancellationToken);

        Assert.StartsWith("train.csv(42,1): warning EDGE1115: The inputs are longer than the 60 tokens", _project.Output.Single(line => line.Contains("EDGE1115", StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Settings_of_the_recipe_reach_the_adapter(bool rankStabilized)
    {
        _project.Recipe = _project.Recipe with { Epochs = 1, Rank = 4, Alpha = 8, TargetModules = "q_proj,v_proj", RsLora = rankStabilized };
        TrainingPlan plan = _project.Plan("settings", string.Empty, _project.Prompt(SmallProject.Colors, SmallProject.Rows(0, 40), SmallProject.Rows(1000, 4)));

        await _project.RunAsync(plan, TestContext.CancellationToken);

        using LlamaCpp.GgufFile adapter = LlamaCpp.GgufFile.Open(Path.Combine(_project.Cache, "adapters", plan.AdapterKey, "adapter.gguf"));
        Assert.AreEqual(rankStabilized ? 16 : 8, adapter.GetNumber("adapter.lora.alpha"));
        Assert.IsTrue(adapter.Tensors.All(tensor => tensor.Name.Contains("attn_q", StringComparison.Ordinal) || tensor.Name.Contains("attn_v", StringComparison.Ordinal)));
        Assert.AreEqual(4, adapter.GetTensor("blk.0.attn_q.weight.lora_a").RowCount);
    }
}
