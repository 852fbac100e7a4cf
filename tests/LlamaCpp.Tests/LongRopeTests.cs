namespace EdgeBuild.LlamaCpp.Tests;

/// <summary>The rule by which trainer and runtime agree on the rotary factors of Phi is the one that llama.cpp follows.</summary>
[TestClass]
public sealed class LongRopeTests
{
    private const int Limit = 256;

    [TestMethod]
    [DataRow("llama3", null)]
    [DataRow("qwen2", null)]
    [DataRow("gemma3", null)]
    [DataRow("phi3", Limit)]
    public void Only_a_model_with_two_sets_of_factors_limits_its_context(string name, int? limit)
    {
        var fixture = Fixture.Load(name);
        using var file = GgufFile.Open(fixture.BasePath);
        using var model = LlamaModel.Load(fixture.BasePath);

        Assert.AreEqual(limit, LongRope.ContextLimit(file));
        Assert.AreEqual(limit, model.ContextLimit);
        Assert.AreEqual(name switch { "llama3" => "rope_freqs.weight", "phi3" => "rope_factors_short.weight", _ => null }, LongRope.Factors(file)?.Name);
    }

    [TestMethod]
    [DataRow(1u, null, "rope_factors_long.weight")]
    [DataRow(255u, null, "rope_factors_long.weight")]
    [DataRow(300u, 256, "rope_factors_short.weight")]
    [DataRow(512u, 512, "rope_factors_short.weight")]
    public void An_original_length_between_two_context_lengths_is_rounded_down(uint original, int? limit, string factors)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.gguf");
        using (var source = GgufFile.Open(Fixture.Load("phi3").BasePath))
        using (var writer = new GgufWriter(source))
        {
            writer.Set("phi3.rope.scaling.original_context_length", original);
            foreach (GgufTensor tensor in source.Tensors)
            {
                writer.AddTensor(tensor);
            }

            writer.Write(path);
        }

        using var file = GgufFile.Open(path);
        Assert.AreEqual(limit, LongRope.ContextLimit(file));
        Assert.AreEqual(factors, LongRope.Factors(file)!.Name);
    }

    [TestMethod]
    [DataRow(Limit, 16, true)]
    [DataRow(Limit + 1, 1, false)]
    [DataRow(Limit + 1, 16, false)]
    public void A_context_within_the_limit_has_the_logits_of_the_reference_and_a_longer_one_has_not(int contextLength, int sequences, bool isReference)
    {
        var fixture = Fixture.Load("phi3");
        using var model = LlamaModel.Load(fixture.BasePath);
        using LlamaContext context = model.CreateContext(Fixture.ExactOptions() with { ContextLength = contextLength, MaxSequences = sequences });

        double difference = Fixture.LargestDifference(LlamaCppLogits.Of(context, fixture.Tokens), fixture.Logits("logits"));

        Assert.AreEqual(isReference, difference < 1e-4, $"difference {difference}");
        Assert.AreEqual(isReference, difference < 0.01, $"difference {difference}");
    }
}
