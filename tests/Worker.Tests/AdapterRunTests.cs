using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Runtime;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Tests;

/// <summary>A plain model with an adapter of each of two customers, who call the same things by each other's names.</summary>
[TestClass]
[DoNotParallelize]
public sealed class AdapterRunTests : IDisposable
{
    private readonly SmallProject _project = new();

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _project.Dispose();

    [TestMethod]
    public async Task Two_customers_have_opposite_answers_on_one_base()
    {
        TrainingPlan plain = Plain("Base");
        Assert.IsTrue(await _project.RunAsync(plain, TestContext.CancellationToken), string.Join('\n', _project.Output));
        string model = _project.ModelFile(plain, "Test.gguf");
        Assert.AreEqual(plain.Base.Sha256, ContentKey.OfFile(model));

        foreach (string name in new[] { "acme", "globex" })
        {
            TrainingPlan adapter = Adapter(plain, name);
            Assert.IsTrue(await _project.RunAsync(adapter, TestContext.CancellationToken), string.Join('\n', _project.Output));
            LockFile fragment = LockFile.Parse("lock", File.ReadAllText(_project.ModelFile(adapter, LockFile.FileName)));
            Assert.IsEmpty(fragment.Models);
            Assert.AreEqual(ContentKey.OfFile(_project.ModelFile(adapter, $"{name}.lora.gguf")), fragment.Adapters[name].Sha256);
            Assert.AreEqual(20, fragment.Metrics[$"{name}:color/color"].Rows);
            Assert.IsGreaterThanOrEqualTo(0.9, fragment.Metrics[$"{name}:color/color"].Accuracy);
            Assert.Contains($"{name}: color/color", string.Join('\n', _project.Output));

            // What was measured is what ships: each customer's rows are answered wrongly with the other's adapter.
            EdgeManifest own = EdgeManifest.Load(_project.ModelFile(adapter, $"{name}.lora.edge.json"));
            Assert.AreEqual(plain.Base.Sha256, own.Adapters.Single().ModelSha256);
            Assert.AreEqual(name, own.Adapters[0].Name);
            Assert.AreEqual(fragment.Metrics[$"{name}:color/color"].Accuracy, own.Adapters[0].Metrics.Single().Values["accuracy"]);
            double swapped = await AccuracyAsync(adapter, own, Rows(1000, 20, swap: name == "acme"));
            Assert.IsLessThanOrEqualTo(0.1, swapped);
        }
    }

    [TestMethod]
    public async Task A_quantized_plain_model_has_the_type_that_was_asked_for_and_no_training()
    {
        TrainingPlan plain = Plain("Q8_0");
        Assert.IsTrue(await _project.RunAsync(plain, TestContext.CancellationToken));

        using LlamaCpp.GgufFile file = LlamaCpp.GgufFile.Open(_project.ModelFile(plain, "Test.gguf"));
        Assert.AreEqual(LlamaCpp.GgmlType.Q8_0, file.GetTensor("blk.0.ffn_up.weight").Type);
        Assert.IsFalse(Directory.Exists(Path.Combine(_project.Cache, "adapters")));
    }

    [TestMethod]
    public async Task An_adapter_whose_plain_model_is_gone_says_that_the_build_must_run_again()
    {
        EdgeBuildException error = await Assert.ThrowsExactlyAsync<EdgeBuildException>(() => _project.RunAsync(Adapter(Plain("Base"), "acme"), TestContext.CancellationToken));

        Assert.AreEqual(ErrorCodes.WorkerDefect, error.Code);
        Assert.Contains("Build again", error.Message);
    }

    [TestMethod]
    public async Task An_adapter_is_refreshed_from_its_own_past_and_never_from_another_customers()
    {
        TrainingPlan plain = Plain("Base");
        await _project.RunAsync(plain, TestContext.CancellationToken);
        await _project.RunAsync(Adapter(plain, "acme"), TestContext.CancellationToken);

        TrainingPlan other = Adapter(plain, "initech", rows: 81);
        await _project.RunAsync(other, TestContext.CancellationToken);
        Assert.AreEqual("trained from the start", _project.OriginOf(other));

        TrainingPlan own = Adapter(plain, "acme", rows: 82);
        await _project.RunAsync(own, TestContext.CancellationToken);
        Assert.StartsWith("refreshed from ", _project.OriginOf(own));
    }

    private static string Rows(int first, int count, bool swap) => string.Concat(Enumerable.Range(first, count).Select(number =>
        SmallProject.Row(number, (number % 2 == 0) == swap ? "Blue" : "Red")));

    private TrainingPlan Plain(string quantization)
    {
        PlannedPrompt prompt = _project.Prompt(SmallProject.Colors, string.Empty, string.Empty) with { Datasets = [], TestRowsHash = string.Empty };
        return _project.Plan("plain", string.Empty, prompt) with { Kind = ArtifactKind.PlainModel, AdapterKey = string.Empty, Quantization = quantization };
    }

    private TrainingPlan Adapter(TrainingPlan plain, string name, int rows = 80)
    {
        bool swap = name == "globex";
        PlannedPrompt prompt = _project.Prompt(SmallProject.Colors, Rows(0, rows, swap), Rows(1000, 20, swap));
        return _project.Plan($"{name} {rows}", string.Empty, prompt) with
        {
            Kind = ArtifactKind.Adapter,
            Adapter = name,
            PlainModelKey = plain.ModelKey,
            Quantization = plain.Quantization,
        };
    }

    private async Task<double> AccuracyAsync(TrainingPlan plan, EdgeManifest manifest, string rows)
    {
        PlannedPrompt planned = _project.Prompt(SmallProject.Colors, rows, rows);
        TrainedPrompt prompt = TrainedPrompt.Load(planned, Prompts.ChatFormat.FromId(manifest.ChatFormat!)!);
        RowSet set = RowSet.Load([prompt], 1, 0.15);
        var model = new MeasuredModel(_project.ModelFile(Plain("Base"), "Test.gguf"), manifest, Path.GetDirectoryName(_project.ModelFile(plan, "x")));
        return (await ModelEvaluator.EvaluateAsync(model, set.Test, 1, _ => { }, TestContext.CancellationToken)).Single().Accuracy;
    }
}
