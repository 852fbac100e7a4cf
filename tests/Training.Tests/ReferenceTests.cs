namespace EdgeBuild.Training.Tests;

/// <summary>The trainer against PyTorch and PEFT on the same tiny models.</summary>
[TestClass]
public sealed class ReferenceTests
{
    private const double Tolerance = 1e-4;

    public TestContext TestContext { get; set; } = null!;

    public static IEnumerable<object[]> Adapters => Fixture.Names.SelectMany(name => ((string[])["adapter_random.gguf", "adapter_random", "adapter_trained.gguf", "adapter_trained"])
        .Select(file => new object[] { name, file, file.Contains("trained", StringComparison.Ordinal) ? "logits_trained" : "logits_lora" }));

    public static IEnumerable<object[]> Threads => [.. Fixture.Names.Select(name => new object[] { name, 1 }), ["llama3", 2], ["smollm2", 2]];

    [TestMethod]
    [DynamicData(nameof(Fixture.All), typeof(Fixture))]
    public void Logits_of_the_base_model_equal_those_of_transformers(string name)
    {
        Fixture fixture = Fixture.Open(name);
        using BaseModel model = fixture.Load();
        Assert.IsLessThan(Tolerance, Compare.LargestDifference(Compare.Flat(model.Logits(fixture.Tokens)), fixture.Reference("logits")));
    }

    [TestMethod]
    [DynamicData(nameof(Adapters))]
    public void Logits_with_an_adapter_equal_those_of_PEFT(string name, string file, string reference)
    {
        Fixture fixture = Fixture.Open(name);
        using BaseModel model = fixture.Load();
        using LoraAdapter adapter = file.EndsWith(".gguf", StringComparison.Ordinal)
            ? LoraAdapter.ReadGguf(fixture.File(file), model)
            : LoraAdapter.ReadPeft(fixture.File(file), model);
        Assert.IsLessThan(Tolerance, Compare.LargestDifference(Compare.Flat(model.Logits(fixture.Tokens, adapter)), fixture.Reference(reference)));
    }

    [TestMethod]
    [DynamicData(nameof(Threads))]
    public void Twenty_steps_give_the_losses_gradient_norms_and_adapter_of_PyTorch(string name, int threads)
    {
        using var threadCount = new ThreadCount(threads);
        Fixture fixture = Fixture.Open(name);
        using BaseModel model = fixture.Load();
        using LoraAdapter start = LoraAdapter.ReadPeft(fixture.File("adapter_init"), model);
        using LoraAdapter expected = LoraAdapter.ReadPeft(fixture.File("adapter_trained"), model);

        using var folder = new TemporaryFolder();
        start.WriteGguf(folder.File("start.gguf"));

        TrainingResult result = new LoraTrainer(model, start, fixture.Recipe()).Run(fixture.Examples, []);

        using LoraAdapter trained = result.Adapter;
        var exact = OracleTraining.Run(fixture, folder.File("start.gguf"));
        Assert.HasCount(fixture.Losses.Length, result.Losses);
        for (int step = 0; step < fixture.Losses.Length; step++)
        {
            Assert.AreEqual(fixture.Losses[step], result.Losses[step], Tolerance * fixture.Losses[step], $"loss of step {step}");

            // The optimizer divides by the root of small gradients, and so enlarges what rounding does: where even a training in 64-bit floats is
            // further away from PyTorch's than the bound, as with Gemma from step 10 on, its distance counts, and once more for the trainer's own rounding.
            double norm = fixture.GradientNorms[step];
            double tolerance = Math.Max(Tolerance * norm, 2 * Math.Abs(exact.GradientNorms[step] - norm));
            Assert.AreEqual(norm, result.GradientNorms[step], tolerance, $"gradient norm of step {step}");
        }

        double rounding = trained.Layout.Slots.Max(slot => Math.Max(
            Compare.LargestDifference(exact.Adapter[slot.Part.TensorName].A, expected.GetA(slot)), Compare.LargestDifference(exact.Adapter[slot.Part.TensorName].B, expected.GetB(slot))));
        double difference = Compare.LargestDifference(trained.ToArray(), expected.ToArray());
        TestContext.WriteLine($"{name}: {difference:E1} from PyTorch's adapter, 64-bit floats {rounding:E1}");
        Assert.IsLessThanOrEqualTo(Math.Max(Tolerance, 2 * rounding), difference);
    }
}
