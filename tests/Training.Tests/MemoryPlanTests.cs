namespace EdgeBuild.Training.Tests;

/// <summary>Ways to train in less memory give what the plain way gives.</summary>
[TestClass]
public sealed class MemoryPlanTests
{
    public static IEnumerable<object[]> Cases =>
        from model in Fixture.Names
        from type in (ComputeType[])[ComputeType.Float32, ComputeType.BFloat16]
        from scenario in (string[])[Scenarios.LongPrefix, Scenarios.SeveralAnswers]
        select new object[] { model, type, scenario };

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Activations_computed_again_and_a_quantized_base_change_no_bit_of_loss_and_gradient(string name, ComputeType type, string scenario)
    {
        Fixture fixture = Fixture.Open(name);
        TrainingExample[] rows = Scenarios.Rows(scenario, fixture);
        using BaseModel plain = Load(fixture, type, keepQuantized: false);
        using BaseModel quantized = Load(fixture, type, keepQuantized: true);
        using LoraAdapter adapter = LoraAdapter.ReadGguf(fixture.File("adapter_random.gguf"), plain);
        Assert.IsFalse(plain.KeepsQuantized);
        Assert.IsTrue(quantized.KeepsQuantized);

        StepGradient expected = StepGradient.Of(plain, adapter, rows);

        foreach ((BaseModel model, bool recomputes) in ((BaseModel, bool)[])[(plain, true), (quantized, false), (quantized, true)])
        {
            StepGradient actual = StepGradient.Of(model, adapter, rows, recomputes: recomputes);
            Assert.AreEqual(expected.Loss, actual.Loss);
            CollectionAssert.AreEqual(expected.Values, actual.Values);
        }
    }

    [TestMethod]
    public void A_whole_training_ends_at_the_same_adapter_with_every_measure()
    {
        using var training = new Trainings();
        float[] expected = training.Adapter();
        using BaseModel quantized = Load(training.Fixture, ComputeType.Float32, keepQuantized: true);
        MemoryPlan plain = MemoryPlan.Default(training.Model.Configuration, ComputeType.Float32);

        CollectionAssert.AreEqual(expected, Adapter(training.Model, plain with { RecomputesActivations = true }));
        CollectionAssert.AreEqual(expected, Adapter(quantized, plain with { RecomputesActivations = true, KeepsBaseQuantized = true }));
        Assert.IsLessThan(1e-4, Compare.RelativeError(Adapter(training.Model, plain with { TokensPerPass = 20 }), expected));

        float[] Adapter(BaseModel model, MemoryPlan memory)
        {
            using LoraAdapter start = LoraAdapter.Create(model, training.Recipe.Rank, training.Recipe.Alpha, training.AdapterSeed);
            return Trainings.ValuesOf(new LoraTrainer(model, start, training.Recipe) { Memory = memory }.Run(training.Rows, training.Validation));
        }
    }

    [TestMethod]
    public void A_quantized_file_that_stays_quantized_gives_the_bits_of_one_that_is_converted_once()
    {
        Fixture fixture = Fixture.Open("smollm2");
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "base.gguf");
        EdgeBuild.LlamaCpp.ModelQuantizer.Quantize(fixture.File("base.gguf"), path, "Q8_0");
        using BaseModel plain = BaseModel.Load(path, ComputeType.Float32, TrainingDevice.Cpu);
        using BaseModel quantized = BaseModel.Load(path, new BaseModelOptions { ComputeType = ComputeType.Float32, Device = TrainingDevice.Cpu, KeepQuantized = true });

        CollectionAssert.AreEqual(plain.Logits(fixture.Tokens), quantized.Logits(fixture.Tokens));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_model_of_random_weights_trains(bool keepQuantized)
    {
        ModelConfiguration configuration;
        using (BaseModel fixture = Fixture.Open("llama3").Load())
        {
            configuration = fixture.Configuration;
        }

        using BaseModel model = BaseModel.Random(
            configuration, new BaseModelOptions { ComputeType = ComputeType.Float32, Device = TrainingDevice.Cpu, KeepQuantized = keepQuantized }, seed: 5);
        using LoraAdapter start = LoraAdapter.Create(model, 4, 8, seed: 1);
        TrainingResult result = new LoraTrainer(model, start, new TrainingRecipe { Rank = 4, Alpha = 8, BatchSize = 4, Epochs = 6, LearningRate = 5e-3 })
            .Run(Scenarios.Task(20, seed: 1), []);
        result.Adapter.Dispose();

        Assert.IsLessThan(0.8 * result.Losses[0], result.Losses[^1]);
    }

    private static BaseModel Load(Fixture fixture, ComputeType type, bool keepQuantized) => BaseModel.Load(
        fixture.File("base.gguf"), new BaseModelOptions { ComputeType = type, Device = TrainingDevice.Cpu, KeepQuantized = keepQuantized });
}
