namespace EdgeBuild.Training.Tests;

/// <summary>Training in 16-bit floats. Where the processor has no instructions for them, libtorch's plain loop computes the same, slowly.</summary>
[TestClass]
public sealed class BFloat16Tests
{
    [TestMethod]
    [DynamicData(nameof(Fixture.All), typeof(Fixture))]
    public void Losses_stay_within_two_percent_of_32_bit_floats(string name)
    {
        Fixture fixture = Fixture.Open(name);
        using BaseModel model = fixture.Load(ComputeType.BFloat16);
        using LoraAdapter start = LoraAdapter.ReadPeft(fixture.File("adapter_init"), model);

        TrainingResult result = new LoraTrainer(model, start, fixture.Recipe()).Run(fixture.Examples, []);

        Trainings.ValuesOf(result);
        Assert.AreEqual(ComputeType.BFloat16, result.ComputeType);
        for (int step = 0; step < fixture.Losses.Length; step++)
        {
            Assert.AreEqual(fixture.Losses[step], result.Losses[step], 0.02 * fixture.Losses[step], $"loss of step {step}");
        }
    }

    /// <summary>bf16 keeps 8 bits, an error of 0.2 % a rounding; some tens of roundings lie on the way through the model and back.</summary>
    [TestMethod]
    [DataRow("llama3", Scenarios.Fixture)]
    [DataRow("smollm2", Scenarios.ManyRows)]
    [DataRow("llama3", Scenarios.SeveralAnswers)]
    [DataRow("smollm2", Scenarios.Weights)]
    [DataRow("qwen2", Scenarios.Fixture)]
    [DataRow("qwen3", Scenarios.SeveralAnswers)]
    [DataRow("gemma3", Scenarios.ManyRows)]
    [DataRow("phi3", Scenarios.ManyRows)]
    public void Gradients_of_both_families_of_kernels_are_near_those_of_32_bit_floats(string name, string scenario)
    {
        Fixture fixture = Fixture.Open(name);
        TrainingExample[] rows = Scenarios.Rows(scenario, fixture);
        using BaseModel exactModel = fixture.Load();
        using LoraAdapter adapter = LoraAdapter.ReadGguf(fixture.File("adapter_random.gguf"), exactModel);
        StepGradient exact = StepGradient.Of(exactModel, adapter, rows);
        using BaseModel model = fixture.Load(ComputeType.BFloat16);

        foreach (LayerKernels kernels in (LayerKernels[])[new ProcessorKernels<BFloat16Element>(), new TensorKernels()])
        {
            StepGradient rounded = StepGradient.Of(model, adapter, rows, kernels: kernels);

            Assert.AreEqual(exact.Loss, rounded.Loss, 0.02 * exact.Loss);
            Assert.IsLessThan(0.05, Compare.RelativeError(rounded.Values, exact.Values));
            StepGradient.Of(model, adapter, rows, kernels: kernels, mostTokens: 60).AssertEqual(rounded, 0.05);
        }
    }

    [TestMethod]
    public void The_probe_chooses_a_format_and_the_run_uses_it()
    {
        Fixture fixture = Fixture.Open("smollm2");
        using BaseModel model = fixture.Load(ComputeType.Auto);

        Assert.IsNotNull(model.Probe);
        Assert.AreEqual(model.Probe.Choice, model.ComputeType);
        Assert.IsGreaterThan(0, model.Probe.Float32Gflops);
        Assert.AreEqual(model.Probe.BFloat16Gflops > 1.2 * model.Probe.Float32Gflops, model.ComputeType == ComputeType.BFloat16);
    }
}
