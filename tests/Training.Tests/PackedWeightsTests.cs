namespace EdgeBuild.Training.Tests;

/// <summary>Weights that are packed for the processor's bf16 kernels, where it has them.</summary>
[TestClass]
public sealed class PackedWeightsTests
{
    [TestInitialize]
    public void Bf16_instructions_are_needed()
    {
        LibTorch.Load();
        if (!PackedProducts.IsSupported)
        {
            Assert.Inconclusive("oneDNN packs weights for bf16 only where the processor has instructions for it.");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Fixture.All), typeof(Fixture))]
    public void Losses_stay_within_two_percent_of_32_bit_floats(string name)
    {
        Fixture fixture = Fixture.Open(name);
        using BaseModel model = fixture.Load(ComputeType.BFloat16, packs: true);
        using LoraAdapter start = LoraAdapter.ReadPeft(fixture.File("adapter_init"), model);
        Assert.IsTrue(model.PacksWeights);

        TrainingResult result = new LoraTrainer(model, start, fixture.Recipe()).Run(fixture.Examples, []);

        Trainings.ValuesOf(result);
        for (int step = 0; step < fixture.Losses.Length; step++)
        {
            Assert.AreEqual(fixture.Losses[step], result.Losses[step], 0.02 * fixture.Losses[step], $"loss of step {step}");
        }
    }

    /// <summary>As for plain weights, see <see cref="BFloat16Tests"/>; batches of other sizes than those that the weights were packed for are among them.</summary>
    [TestMethod]
    [DataRow("llama3", Scenarios.SeveralAnswers)]
    [DataRow("smollm2", Scenarios.ManyRows)]
    [DataRow("qwen2", Scenarios.Weights)]
    [DataRow("qwen3", Scenarios.Fixture)]
    [DataRow("gemma3", Scenarios.ManyRows)]
    [DataRow("phi3", Scenarios.LongPrefix)]
    public void Gradients_are_near_those_of_32_bit_floats(string name, string scenario)
    {
        Fixture fixture = Fixture.Open(name);
        TrainingExample[] rows = Scenarios.Rows(scenario, fixture);
        using BaseModel exactModel = fixture.Load();
        using LoraAdapter adapter = LoraAdapter.ReadGguf(fixture.File("adapter_random.gguf"), exactModel);
        StepGradient exact = StepGradient.Of(exactModel, adapter, rows);
        using BaseModel model = fixture.Load(ComputeType.BFloat16, packs: true);

        foreach (bool recomputes in (bool[])[false, true])
        {
            StepGradient packed = StepGradient.Of(model, adapter, rows, recomputes: recomputes);

            Assert.AreEqual(exact.Loss, packed.Loss, 0.02 * exact.Loss);
            Assert.IsLessThan(0.05, Compare.RelativeError(packed.Values, exact.Values));
            StepGradient.Of(model, adapter, rows, mostTokens: 60).AssertEqual(packed, 0.05);
        }
    }

    [TestMethod]
    public void The_same_training_gives_the_same_adapter()
    {
        using var first = new Trainings("smollm2", ComputeType.BFloat16, packs: true);
        using var second = new Trainings("smollm2", ComputeType.BFloat16, packs: true);

        CollectionAssert.AreEqual(first.Adapter(), second.Adapter());
    }

    [TestMethod]
    public void A_checkpoint_of_plain_weights_is_not_gone_on_with()
    {
        using var folder = new TemporaryFolder();
        var checkpoints = new CheckpointStore(folder.Path, "key", TimeSpan.Zero);
        using var plain = new Trainings("smollm2", ComputeType.BFloat16);
        using var packed = new Trainings("smollm2", ComputeType.BFloat16, packs: true);
        plain.CancelAfter(3, checkpoints);

        TrainingResult result = packed.Run(checkpoints);

        Trainings.ValuesOf(result);
        Assert.AreEqual(0, result.ResumedAtStep);
    }

    [TestMethod]
    [DataRow(ComputeType.Float32, false)]
    [DataRow(ComputeType.BFloat16, true)]
    public void Other_ways_pack_nothing(ComputeType type, bool keepsQuantized)
    {
        using BaseModel model = BaseModel.Load(
            Fixture.Open("smollm2").File("base.gguf"),
            new BaseModelOptions { ComputeType = type, Device = TrainingDevice.Cpu, KeepQuantized = keepsQuantized, PackWeights = true });

        Assert.IsFalse(model.PacksWeights);
    }
}
