using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Runtime.Tests;

/// <summary>What calls share (prefixes, batches, contexts) changes no answer, whatever the architecture of the model.</summary>
[TestClass]
public sealed class ArchitectureTests
{
    private const int Callers = 16;

    /// <summary>What the phi3 fixture was trained for before its longrope factors.</summary>
    private const int OriginalContext = 256;

    public static IEnumerable<object[]> Models => TestModel.TinyNames.Select(name => new object[] { name });

    public TestContext TestContext { get; set; } = null!;

    private static string[][] Rows =>
        [.. Enumerable.Range(0, Callers).Select(row => new[] { $"Row {row}: the app {(row % 2 == 0 ? "stops" : "is slow")} {string.Join(' ', Enumerable.Repeat("again", row % 5))}" })];

    [TestMethod]
    [DynamicData(nameof(Models))]
    public async Task Probabilities_equal_those_of_scoring_every_label_alone(string name)
    {
        using EdgePromptClient client = TestModel.Open(TestModel.SingleSource, TestModel.Tiny(name));
        using LlamaContext plain = client.Host.Model.CreateContext(
            new LlamaContextOptions { ContextLength = OriginalContext, BatchSize = OriginalContext, ThreadCount = 1, BatchThreadCount = 1 });
        string[] inputs = ["Invoice", "charged twice"];
        EdgePrediction prediction = await client.PredictAsync(inputs, TestContext.CancellationToken);

        int[] prompt = client.Encoder.Encode(inputs).Tokens;
        List<string> labels = [.. client.Plan.Steps[0].Labels];
        double[] expected = PlainScoring.Probabilities(client.Encoder, labels, plain, prompt);

        double difference = prediction.Fields[0].Probabilities.Max(label => Math.Abs(label.Probability - expected[labels.IndexOf(label.Label)]));
        TestContext.WriteLine($"largest difference {difference:E2}");
        Assert.IsLessThan(1e-4, difference);
    }

    [TestMethod]
    [DynamicData(nameof(Models))]
    public async Task Sixteen_callers_at_once_have_the_answers_of_single_calls(string name)
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.Tiny(name), Callers);
        EdgePrediction[] together = await Task.WhenAll(Rows.Select(row => client.PredictAsync(row, TestContext.CancellationToken).AsTask()));

        await AssertAnswersOfSingleCallsAsync(name, client, together);
    }

    [TestMethod]
    [DynamicData(nameof(Models))]
    public async Task Sixteen_rows_at_once_have_the_answers_of_single_calls(string name)
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.Tiny(name), Callers);
        IReadOnlyList<EdgePrediction> together = await client.PredictManyAsync(Rows, null, TestContext.CancellationToken);

        await AssertAnswersOfSingleCallsAsync(name, client, together);
    }

    [TestMethod]
    public async Task Bulk_work_never_enlarges_a_context_beyond_the_original_one_of_longrope()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.Tiny("phi3"), Callers);
        await client.PredictManyAsync(Rows, null, TestContext.CancellationToken);

        int length = await client.Host.RunAsync(context => context.ContextLength, TestContext.CancellationToken);

        Assert.IsGreaterThan(OriginalContext, client.Plan.BatchCapacity(client.Encoder, Callers).Tokens);
        Assert.AreEqual(OriginalContext, length);
    }

    [TestMethod]
    public void A_prompt_that_needs_more_than_the_original_context_of_longrope_is_refused()
    {
        string source = TestModel.TriageSource.Replace("maxInputTokens: 64", "maxInputTokens: 200", StringComparison.Ordinal);

        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() => TestModel.Open(source, TestModel.Tiny("phi3")).Dispose());

        Assert.AreEqual(ErrorCodes.ContextExceeded, exception.Code);
        Assert.Contains("256", exception.Message);
        TestModel.Open(source, TestModel.Tiny("qwen2")).Dispose();
    }

    /// <summary>Rounding alone moves a probability by less than 2e-4 (16-bit keys and values); the other factors of phi3 move it by 0.03.</summary>
    private async Task AssertAnswersOfSingleCallsAsync(string name, EdgePromptClient client, IReadOnlyList<EdgePrediction> together)
    {
        // A model that is loaded anew, in a context that never served several at once.
        client.Dispose();
        using EdgePromptClient single = TestModel.Open(TestModel.TriageSource, TestModel.Tiny(name), 1);
        double largest = 0;
        for (int row = 0; row < Callers; row++)
        {
            EdgePrediction alone = await single.PredictAsync(Rows[row], TestContext.CancellationToken);
            var probabilities = together[row].Fields[0].Probabilities.ToDictionary(label => label.Label, label => label.Probability);
            largest = Math.Max(largest, alone.Fields[0].Probabilities.Max(label => Math.Abs(label.Probability - probabilities[label.Label])));
        }

        TestContext.WriteLine($"largest difference {largest:E2}");
        Assert.IsLessThan(5e-4, largest);
    }
}
