using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class PrefixReuseTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void A_forked_prefix_gives_the_logits_of_a_decode_without_forks_bit_for_bit(bool real)
    {
        string path = real ? TestModel.SmolLM2 : TestModel.TinySmolLM2;
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, path);
        EncodedPrompt prompt = client.Encoder.Encode(["The export fails with error 500"]);

        using LlamaContext plain = client.Host.Model.CreateContext(new LlamaContextOptions { ContextLength = 512, BatchSize = 512, ThreadCount = 1, BatchThreadCount = 1 });
        var batch = new LlamaBatch();
        batch.Add(prompt.Tokens.AsSpan(0, prompt.PrefixLength), 0, 0);
        plain.Decode(batch, TestContext.CancellationToken);
        batch.Clear();
        int last = batch.Add(prompt.Tokens.AsSpan(prompt.PrefixLength), prompt.PrefixLength, 0, wantLastLogits: true);
        plain.Decode(batch, TestContext.CancellationToken);
        float[] expected = plain.GetLogits(last).ToArray();

        using var context = new InferenceContext(client.Host.Model, client.Plan.Capacity(client.Encoder), 1);
        int prefix = context.PrefixSequence("prefix", client.Encoder.PrefixTokens.Span, TestContext.CancellationToken);
        for (int call = 0; call < 3; call++)
        {
            int fork = context.Fork(prefix);
            context.ClearBatch();
            for (int i = prompt.PrefixLength; i < prompt.Tokens.Length; i++)
            {
                last = context.Append(prompt.Tokens[i], i, [fork], withLogits: i == prompt.Tokens.Length - 1);
            }

            context.Decode(withLogits: true, TestContext.CancellationToken);
            CollectionAssert.AreEqual(expected, context.Logits(last).ToArray());
            context.Release(fork);
        }
    }

    [TestMethod]
    public void The_number_of_threads_does_not_change_results()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.SmolLM2);
        EncodedPrompt prompt = client.Encoder.Encode(["Please move our invoices to another address"]);
        FieldPrediction[][] results = [.. new[] { 1, 2, 3 }.Select(threads =>
        {
            using var context = new InferenceContext(client.Host.Model, client.Plan.Capacity(client.Encoder), threads);
            return TestModel.Decode(context, client, [prompt], client.Plan, TestContext.CancellationToken)[0];
        })];

        foreach (FieldPrediction[] result in results)
        {
            for (int i = 0; i < result.Length; i++)
            {
                CollectionAssert.AreEqual(results[0][i].Probabilities.ToArray(), result[i].Probabilities.ToArray());
            }
        }
    }

    [TestMethod]
    public async Task Calls_do_not_change_later_calls()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2);
        EdgePrediction first = await client.PredictAsync(["Please add a dark mode"], TestContext.CancellationToken);
        await client.PredictAsync([new string('x', 300)], TestContext.CancellationToken);
        await client.PredictAsync([string.Empty], TestContext.CancellationToken);
        EdgePrediction again = await client.PredictAsync(["Please add a dark mode"], TestContext.CancellationToken);

        AssertEqual(first, again);
        Assert.AreEqual(client.Encoder.PrefixTokens.Length, again.CachedTokens);
        Assert.IsGreaterThan(again.CachedTokens, again.PromptTokens);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Prompts_that_share_a_model_do_not_change_each_others_answers(bool real)
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, real ? TestModel.SmolLM2 : TestModel.TinySmolLM2);
        EdgePrediction alone = await client.PredictAsync(["Please add a dark mode"], TestContext.CancellationToken);
        using (EdgePromptClient other = TestModel.Open(TestModel.SingleSource, real ? TestModel.SmolLM2 : TestModel.TinySmolLM2))
        {
            await other.PredictAsync(["subject", "body"], TestContext.CancellationToken);
            AssertEqual(alone, await client.PredictAsync(["Please add a dark mode"], TestContext.CancellationToken));
        }

        AssertEqual(alone, await client.PredictAsync(["Please add a dark mode"], TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task Many_callers_at_once_get_the_results_of_single_calls()
    {
        // Calls that share a batch are equal but for rounding, which ParallelCallTests looks at.
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2, rowsPerBatch: 1);
        using EdgePromptClient other = TestModel.Open(TestModel.SingleSource, TestModel.TinySmolLM2, rowsPerBatch: 1);
        string[] tickets = [.. Enumerable.Range(0, 24).Select(i => $"Ticket {i}")];
        EdgePrediction[] together = await Task.WhenAll(tickets.Select((ticket, i) => Task.Run(() =>
            i % 3 == 0 ? other.PredictAsync(["s", ticket]).AsTask() : client.PredictAsync([ticket]).AsTask())));

        for (int i = 0; i < tickets.Length; i++)
        {
            AssertEqual(together[i], i % 3 == 0 ? await other.PredictAsync(["s", tickets[i]], TestContext.CancellationToken) : await client.PredictAsync([tickets[i]], TestContext.CancellationToken));
        }
    }

    internal static void AssertEqual(EdgePrediction expected, EdgePrediction actual)
    {
        Assert.HasCount(expected.Fields.Count, actual.Fields);
        for (int i = 0; i < expected.Fields.Count; i++)
        {
            Assert.AreEqual(expected.Fields[i].Text, actual.Fields[i].Text);
            CollectionAssert.AreEqual(expected.Fields[i].Probabilities.ToArray(), actual.Fields[i].Probabilities.ToArray());
        }
    }
}
