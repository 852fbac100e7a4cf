namespace EdgeBuild.LlamaCpp.Tests;

[TestClass]
public sealed class LogitsTests
{
    private const double Tolerance = 1e-4;

    [TestMethod]
    [DataRow("llama3")]
    [DataRow("smollm2")]
    [DataRow("qwen2")]
    [DataRow("qwen3")]
    [DataRow("gemma3")]
    [DataRow("phi3")]
    public void The_base_model_gives_the_logits_of_the_reference(string architecture)
    {
        var fixture = Fixture.Load(architecture);
        using var model = LlamaModel.Load(fixture.BasePath);
        using LlamaContext context = model.CreateContext(Fixture.ExactOptions());

        float[] logits = LlamaCppLogits.Of(context, fixture.Tokens);

        Assert.IsLessThan(ToleranceOf(architecture), Fixture.LargestDifference(logits, fixture.Logits("logits")));
    }

    [TestMethod]
    [DataRow("llama3", "adapter_random.gguf", "logits_lora")]
    [DataRow("llama3", "adapter_trained.gguf", "logits_trained")]
    [DataRow("smollm2", "adapter_random.gguf", "logits_lora")]
    [DataRow("smollm2", "adapter_trained.gguf", "logits_trained")]
    [DataRow("qwen2", "adapter_trained.gguf", "logits_trained")]
    [DataRow("qwen3", "adapter_trained.gguf", "logits_trained")]
    [DataRow("gemma3", "adapter_trained.gguf", "logits_trained")]
    [DataRow("phi3", "adapter_trained.gguf", "logits_trained")]
    public void An_adapter_gives_the_logits_of_the_reference(string architecture, string file, string reference)
    {
        var fixture = Fixture.Load(architecture);
        using var model = LlamaModel.Load(fixture.BasePath);
        using var adapter = LlamaAdapter.Load(model, fixture.File(file));
        using LlamaContext context = model.CreateContext(Fixture.ExactOptions());
        context.SetAdapter(adapter);

        float[] logits = LlamaCppLogits.Of(context, fixture.Tokens);

        Assert.IsLessThan(ToleranceOf(architecture), Fixture.LargestDifference(logits, fixture.Logits(reference)));
    }

    [TestMethod]
    public void Without_the_adapter_the_context_computes_the_base_again()
    {
        var fixture = Fixture.Load("llama3");
        using var model = LlamaModel.Load(fixture.BasePath);
        using var adapter = LlamaAdapter.Load(model, fixture.File("adapter_random.gguf"));
        using LlamaContext context = model.CreateContext(Fixture.ExactOptions());
        float[] before = LlamaCppLogits.Of(context, fixture.Tokens);
        context.SetAdapter(adapter);
        context.Clear();
        float[] adapted = LlamaCppLogits.Of(context, fixture.Tokens);
        context.SetAdapter(null);
        context.Clear();
        float[] after = LlamaCppLogits.Of(context, fixture.Tokens);

        CollectionAssert.AreEqual(before, after);
        Assert.IsGreaterThan(0.01, Fixture.LargestDifference(before, adapted));
    }

    [TestMethod]
    public void An_adapter_and_a_model_may_be_disposed_before_the_context()
    {
        var fixture = Fixture.Load("llama3");
        var model = LlamaModel.Load(fixture.BasePath);
        var adapter = LlamaAdapter.Load(model, fixture.File("adapter_random.gguf"));
        using LlamaContext context = model.CreateContext(Fixture.ExactOptions());
        context.SetAdapter(adapter);
        adapter.Dispose();
        model.Dispose();

        float[] logits = LlamaCppLogits.Of(context, fixture.Tokens);

        Assert.IsLessThan(Tolerance, Fixture.LargestDifference(logits, fixture.Logits("logits_lora")));
    }

    [TestMethod]
    public void A_copied_prefix_gives_bit_equal_logits()
    {
        var fixture = Fixture.Load("smollm2");
        int[] prefix = fixture.Tokens[..20];
        int[] input = fixture.Tokens[20..];
        using var model = LlamaModel.Load(fixture.BasePath);
        using LlamaContext plain = model.CreateContext(Fixture.ExactOptions());
        float[] expected = Continue(plain, prefix, input, sequence: 0);
        using LlamaContext shared = model.CreateContext(Fixture.ExactOptions());
        var batch = new LlamaBatch();
        batch.Add(prefix, 0, 0);
        shared.Decode(batch);

        for (int repeat = 0; repeat < 3; repeat++)
        {
            shared.CopySequence(0, 1 + repeat);
            float[] actual = Continue(shared, [], input, 1 + repeat, prefix.Length);
            Assert.IsTrue(shared.RemoveSequence(1 + repeat));
            CollectionAssert.AreEqual(expected, actual);
            Assert.AreEqual(-1, shared.GetLastPosition(1 + repeat));
            Assert.AreEqual(prefix.Length - 1, shared.GetLastPosition(0));
        }
    }

    [TestMethod]
    public void A_saved_prefix_gives_bit_equal_logits_in_another_context()
    {
        var fixture = Fixture.Load("llama3");
        int[] prefix = fixture.Tokens[..20];
        int[] input = fixture.Tokens[20..];
        using var model = LlamaModel.Load(fixture.BasePath);
        using LlamaContext first = model.CreateContext(Fixture.ExactOptions());
        var batch = new LlamaBatch();
        batch.Add(prefix, 0, 0);
        first.Decode(batch);
        byte[] state = first.SaveSequence(0);
        float[] expected = Continue(first, [], input, 0, prefix.Length);
        using LlamaContext second = model.CreateContext(Fixture.ExactOptions());

        Assert.IsTrue(second.RestoreSequence(state, 2));
        float[] actual = Continue(second, [], input, 2, prefix.Length);

        CollectionAssert.AreEqual(expected, actual);
    }

    [TestMethod]
    public void A_thread_pool_and_two_threads_give_bit_equal_logits()
    {
        var fixture = Fixture.Load("smollm2");
        using var model = LlamaModel.Load(fixture.BasePath);
        using LlamaContext context = model.CreateContext(Fixture.ExactOptions());
        float[] expected = LlamaCppLogits.Of(context, fixture.Tokens);
        using (var pool = new LlamaThreadPool(2))
        {
            context.SetThreadPool(pool);
            context.SetThreadCount(2, 2);
        }

        context.Clear();
        float[] actual = LlamaCppLogits.Of(context, fixture.Tokens);
        context.SetThreadPool(null);

        CollectionAssert.AreEqual(expected, actual);
    }

    [TestMethod]
    public void A_token_of_several_sequences_is_computed_once_for_all()
    {
        var fixture = Fixture.Load("llama3");
        using var model = LlamaModel.Load(fixture.BasePath);
        using LlamaContext context = model.CreateContext(Fixture.ExactOptions());
        var batch = new LlamaBatch(1);
        for (int index = 0; index < 10; index++)
        {
            batch.Add(fixture.Tokens[index], index, [0, 1, 2], wantLogits: index == 9);
        }

        context.Decode(batch);

        float[] last = context.GetLogits(9).ToArray();
        Assert.IsLessThan(Tolerance, Fixture.LargestDifference(last, fixture.Logits("logits")[(9 * last.Length)..(10 * last.Length)]));
        Assert.AreEqual(9, context.GetLastPosition(0));
        Assert.AreEqual(9, context.GetLastPosition(2));
        Assert.AreEqual(-1, context.GetLastPosition(3));
    }

    // llama.cpp looks the GELU of Gemma up in a table of 16-bit floats.
    private static double ToleranceOf(string architecture) => architecture == "gemma3" ? 5e-3 : Tolerance;

    private static float[] Continue(LlamaContext context, int[] prefix, int[] input, int sequence, int position = 0)
    {
        var batch = new LlamaBatch();
        if (prefix.Length > 0)
        {
            batch.Add(prefix, position, sequence);
            context.Decode(batch);
            batch.Clear();
        }

        int last = batch.Add(input, position + prefix.Length, sequence, wantLastLogits: true);
        context.Decode(batch);
        return context.GetLogits(last).ToArray();
    }
}
