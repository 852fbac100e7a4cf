namespace EdgeBuild.Training.Tests;

/// <summary>The trainer against PyTorch and PEFT on the same tiny models.</summary>
[TestClass]
public sealed class ReferenceTests
{
    private const double Tolerance = 1e-4;

    [TestMethod]
    [DataRow("llama3")]
    [DataRow("smollm2")]
    public void Logits_of_the_base_model_equal_those_of_transformers(string name)
    {
        Fixture fixture = Fixture.Open(name);
        using BaseModel model = fixture.Load();
        Assert.IsLessThan(Tolerance, Compare.LargestDifference(Compare.Flat(model.Logits(fixture.Tokens)), fixture.Reference("logits")));
    }

    [TestMethod]
    [DataRow("llama3", "adapter_random.gguf", "logits_lora")]
    [DataRow("llama3", "adapter_trained.gguf", "logits_trained")]
    [DataRow("smollm2", "adapter_random.gguf", "logits_lora")]
    [DataRow("smollm2", "adapter_trained.gguf", "logits_trained")]
    [DataRow("llama3", "adapter_random", "logits_lora")]
    [DataRow("smollm2", "adapter_trained", "logits_trained")]
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
    [DataRow("llama3", 1)]
    [DataRow("smollm2", 1)]
    [DataRow("llama3", 2)]
    [DataRow("smollm2", 2)]
    public void Twenty_steps_give_the_losses_gradient_norms_and_adapter_of_PyTorch(string name, int threads)
    {
        using var threadCount = new ThreadCount(threads);
        Fixture fixture = Fixture.Open(name);
        using BaseModel model = fixture.Load();
        using LoraAdapter start = LoraAdapter.ReadPeft(fixture.File("adapter_init"), model);
        using LoraAdapter expected = LoraAdapter.ReadPeft(fixture.File("adapter_trained"), model);

        TrainingResult result = new LoraTrainer(model, start, fixture.Recipe()).Run(fixture.Examples, []);

        using LoraAdapter trained = result.Adapter;
        Assert.HasCount(fixture.Losses.Length, result.Losses);
        for (int step = 0; step < fixture.Losses.Length; step++)
        {
            Assert.AreEqual(fixture.Losses[step], result.Losses[step], Tolerance * fixture.Losses[step], $"loss of step {step}");
            Assert.AreEqual(fixture.GradientNorms[step], result.GradientNorms[step], Tolerance * fixture.GradientNorms[step], $"gradient norm of step {step}");
        }

        Assert.IsLessThan(Tolerance, Compare.LargestDifference(trained.ToArray(), expected.ToArray()));
    }
}
