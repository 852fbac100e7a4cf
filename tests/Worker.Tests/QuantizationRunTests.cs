using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Tests;

/// <summary>Quantizations from end to end on a tiny model.</summary>
[TestClass]
[DoNotParallelize]
public sealed class QuantizationRunTests : IDisposable
{
    private readonly SmallProject _project = new();

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _project.Dispose();

    [TestMethod]
    public async Task Small_types_are_rounded_by_the_importance_of_the_training_prompts_and_their_loss_is_measured()
    {
        PlannedPrompt prompt = _project.Prompt(SmallProject.Colors, SmallProject.Rows(0, 80), SmallProject.Rows(1000, 20));
        TrainingPlan plan = _project.Plan("small", string.Empty, prompt) with { Quantization = "Q4_0" };
        TrainingPlan exact = _project.Plan("small", string.Empty, prompt) with { ModelKey = "other", Quantization = "F32" };

        Assert.IsTrue(await _project.RunAsync(plan, TestContext.CancellationToken), string.Join('\n', _project.Output));
        Assert.Contains("label heads", string.Join('\n', _project.Output));
        Assert.IsTrue(await _project.RunAsync(exact, TestContext.CancellationToken), string.Join('\n', _project.Output));

        // The same adapter rounded without importance has other blocks.
        string adapter = Path.Combine(_project.Cache, "adapters", plan.AdapterKey, "adapter.gguf");
        string plain = Path.Combine(_project.Cache, "plain.gguf");
        Pipeline.QuantizeStage.Run(plan, "Q4_0", adapter, plain, new Dictionary<string, float[]>(), TestContext.CancellationToken);
        using GgufFile weighed = GgufFile.Open(_project.ModelFile(plan, "Test.gguf"));
        using GgufFile unweighed = GgufFile.Open(plain);
        Assert.IsFalse(weighed.GetTensor("blk.0.attn_q.weight").Data.SequenceEqual(unweighed.GetTensor("blk.0.attn_q.weight").Data));

        EvaluationRecord record = EvaluationRecord.Read(Path.GetDirectoryName(_project.ModelFile(plan, "x"))!)!;
        OutputEvaluation unquantized = record.Find(EvaluationSet.Unquantized)!.Single();
        Assert.AreEqual(20, unquantized.Rows);
        EvaluationRecord full = EvaluationRecord.Read(Path.GetDirectoryName(_project.ModelFile(exact, "x"))!)!;
        CollectionAssert.AreEqual(full.Shipped.Single().Outcomes.Select(outcome => outcome.Predicted).ToArray(), unquantized.Outcomes.Select(outcome => outcome.Predicted).ToArray());
        LockedMetric metric = LockFile.Parse("lock", File.ReadAllText(_project.ModelFile(plan, LockFile.FileName))).Metrics["color/color"];
        Assert.AreEqual(unquantized.Accuracy - record.Shipped.Single().Accuracy, metric.QuantizationLoss!.Value, 1e-4);
        Assert.IsGreaterThan(0.01, record.File.RoundingError);
        foreach (string left in (string[])["*.unquantized", "*.refit"])
        {
            Assert.IsEmpty(Directory.GetFiles(Path.GetDirectoryName(_project.ModelFile(plan, "x"))!, left));
        }
    }

    [TestMethod]
    public async Task Auto_takes_the_smallest_type_whose_loss_the_gate_allows()
    {
        PlannedPrompt prompt = _project.Prompt(SmallProject.Colors, SmallProject.Rows(0, 80), SmallProject.Rows(1000, 20));
        TrainingPlan generous = _project.Plan("auto", string.Empty, prompt) with { Quantization = "Auto", Gates = new PlannedGates(null, null) { MaxQuantizationLoss = 1 } };

        Assert.IsTrue(await _project.RunAsync(generous, TestContext.CancellationToken), string.Join('\n', _project.Output));

        EvaluationRecord record = EvaluationRecord.Read(Path.GetDirectoryName(_project.ModelFile(generous, "x"))!)!;
        CollectionAssert.AreEqual(record.Trials.OrderBy(trial => trial.Bytes).ToArray(), record.Trials.ToArray());
        Assert.IsNotNull(record.Trials[0].Loss);
        Assert.IsTrue(record.Trials.Skip(1).All(trial => trial.Loss is null));
        Assert.AreEqual(record.Trials[0].Quantization, record.File.Quantization);
        using GgufFile file = GgufFile.Open(_project.ModelFile(generous, "Test.gguf"));
        Assert.AreEqual(record.Trials[0].Bytes, file.Tensors.Sum(tensor => tensor.ByteCount));
        Assert.AreEqual(record.File.Quantization, file.GetString("edgebuild.quantization"));
    }

    [TestMethod]
    public async Task A_model_of_a_damaged_record_is_only_not_compared_with()
    {
        PlannedPrompt prompt = _project.Prompt(SmallProject.Colors, SmallProject.Rows(0, 40), SmallProject.Rows(1000, 12));
        TrainingPlan first = _project.Plan("first", string.Empty, prompt);
        await _project.RunAsync(first, TestContext.CancellationToken);
        await File.WriteAllTextAsync(_project.ModelFile(first, EvaluationRecord.FileName), "{ \"version\": 1, ", TestContext.CancellationToken);

        Assert.IsTrue(await _project.RunAsync(
            _project.Plan("second", string.Empty, prompt) with { LastModelKey = first.ModelKey, AdapterKey = first.AdapterKey }, TestContext.CancellationToken));
    }
}
