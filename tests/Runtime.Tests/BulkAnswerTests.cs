namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class BulkAnswerTests
{
    private static readonly string[] _tickets =
    [
        "I was charged twice this month and need it back before payroll runs tonight.",
        "love the new boards!! any chance you could add a dark mode for the client portal?",
        "Nobody in our office can open the app since 8 this morning, just a spinning wheel. We have 40 people waiting.",
        "?",
        "How do I turn a checklist item into a task of its own",
        "The export fails with error 500 whenever a board has more than 2000 cards",
        string.Empty,
        "Please move our invoices to another address",
        "Zapier stopped sending new tasks to our channel on Tuesday, and the token was renewed on Monday.",
        "Somebody from another country signed in to my account",
        "can you delete all data of a colleague who left",
        string.Join(' ', Enumerable.Repeat("and then it happened again", 40)),
        "Größe der Anhänge?",
    ];

    public TestContext TestContext { get; set; } = null!;

    private static string[][] Rows => [.. _tickets.Select(ticket => new[] { ticket })];

    [TestMethod]
    public async Task A_list_has_the_same_answers_bit_for_bit_whatever_was_answered_before()
    {
        IReadOnlyList<EdgePrediction> first;
        using (EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.SmolLM2))
        {
            first = await client.PredictManyAsync(Rows, null, TestContext.CancellationToken);
            await client.PredictAsync(["A single call in between"], TestContext.CancellationToken);
            AssertEqual(first, await client.PredictManyAsync(Rows, null, TestContext.CancellationToken));
        }

        using EdgePromptClient again = TestModel.Open(TestModel.TriageSource, TestModel.SmolLM2);
        using EdgePromptClient other = TestModel.Open(TestModel.SingleSource, TestModel.SmolLM2);
        await other.PredictManyAsync([.. _tickets.Select(ticket => new[] { "s", ticket })], null, TestContext.CancellationToken);
        AssertEqual(first, await again.PredictManyAsync(Rows, null, TestContext.CancellationToken));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Bulk_work_does_not_change_single_calls(bool real)
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, real ? TestModel.SmolLM2 : TestModel.TinySmolLM2);
        EdgePrediction before = await client.PredictAsync(Rows[0], TestContext.CancellationToken);
        await client.PredictManyAsync(Rows, null, TestContext.CancellationToken);

        PrefixReuseTests.AssertEqual(before, await client.PredictAsync(Rows[0], TestContext.CancellationToken));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Rows_that_share_a_batch_have_the_probabilities_of_single_calls_but_for_rounding(bool real)
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, real ? TestModel.SmolLM2 : TestModel.TinySmolLM2);
        IReadOnlyList<EdgePrediction> together = await client.PredictManyAsync(Rows, null, TestContext.CancellationToken);
        var differences = new List<double>();
        for (int row = 0; row < _tickets.Length; row++)
        {
            EdgePrediction alone = await client.PredictAsync(Rows[row], TestContext.CancellationToken);
            Assert.AreEqual(alone.InputTruncated, together[row].InputTruncated);
            Assert.AreEqual(alone.PromptTokens, together[row].PromptTokens);
            differences.AddRange(Differences(alone, together[row]));
        }

        TestContext.WriteLine($"largest {differences.Max():E2}, mean {differences.Average():E2}");

        // The quantized model rounds activations to 8 bits, so that a last digit may become a rounding step in every layer; a single call differs from a plain
        // decode of the whole prompt by as much. The unquantized one shows that rows see nothing of each other.
        Assert.IsLessThan(real ? 0.2 : 1e-4, differences.Max());
        Assert.IsLessThan(real ? 0.04 : 1e-5, differences.Average());
    }

    [TestMethod]
    public async Task Of_many_labels_rows_that_share_a_batch_have_the_probabilities_of_single_calls()
    {
        string labels = string.Join(", ", Enumerable.Range(0, 40).Select(i => $"subject {(char)('a' + (i % 26))}{i}"));
        string source = TestModel.TriageSource.Replace("[Billing, Bug, BugReport, Access, Integration, HowTo]", $"[{labels}]", StringComparison.Ordinal);
        using EdgePromptClient client = TestModel.Open(source, TestModel.TinySmolLM2);
        Assert.IsNull(client.Plan.Steps[0].Trie!.Fused);
        IReadOnlyList<EdgePrediction> together = await client.PredictManyAsync(Rows, null, TestContext.CancellationToken);

        for (int row = 0; row < _tickets.Length; row++)
        {
            Assert.IsLessThan(1e-3, Differences(await client.PredictAsync(Rows[row], TestContext.CancellationToken), together[row]).Max());
        }
    }

    [TestMethod]
    public async Task Generated_text_of_rows_that_share_a_batch_is_that_of_single_calls()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.ReplySource, TestModel.TinySmolLM2);
        IReadOnlyList<EdgePrediction> together = await client.PredictManyAsync(Rows[..6], null, TestContext.CancellationToken);

        for (int row = 0; row < together.Count; row++)
        {
            EdgePrediction alone = await client.PredictAsync(Rows[row], TestContext.CancellationToken);
            Assert.AreEqual(alone.Fields[0].Text, together[row].Fields[0].Text);
            Assert.AreEqual(alone.Confidence, together[row].Confidence, 1e-4);
        }
    }

    [TestMethod]
    public async Task One_row_per_batch_gives_the_answers_of_single_calls_bit_for_bit()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2, rowsPerBatch: 1);
        IReadOnlyList<EdgePrediction> forward = await client.PredictManyAsync(Rows, null, TestContext.CancellationToken);

        for (int row = 0; row < _tickets.Length; row++)
        {
            PrefixReuseTests.AssertEqual(await client.PredictAsync(Rows[row], TestContext.CancellationToken), forward[row]);
        }
    }

    [TestMethod]
    public async Task Rows_that_come_one_by_one_have_the_answers_of_a_list_bit_for_bit_and_few_are_read_ahead()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2, rowsPerBatch: 4);
        IReadOnlyList<EdgePrediction> expected = await client.PredictManyAsync(Rows, null, TestContext.CancellationToken);
        int read = 0;
        int answered = 0;
        var streamed = new List<EdgePrediction>();
        await foreach (EdgePrediction prediction in client.PredictStreamAsync(ReadRowsAsync(), null, TestContext.CancellationToken))
        {
            streamed.Add(prediction);
            answered++;
            Assert.IsLessThanOrEqualTo(answered + 4, read);
        }

        AssertEqual(expected, streamed);
        AssertEqual(expected, await ToListAsync(client.PredictStreamAsync(Rows, null, TestContext.CancellationToken)));

        async IAsyncEnumerable<IReadOnlyList<string>> ReadRowsAsync()
        {
            foreach (string[] row in Rows)
            {
                await Task.Yield();
                read++;
                yield return row;
            }
        }

        static async Task<List<EdgePrediction>> ToListAsync(IAsyncEnumerable<EdgePrediction> predictions)
        {
            var list = new List<EdgePrediction>();
            await foreach (EdgePrediction prediction in predictions)
            {
                list.Add(prediction);
            }

            return list;
        }
    }

    [TestMethod]
    public async Task Progress_rises_to_the_number_of_rows()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2, rowsPerBatch: 4);
        var reported = new List<int>();
        IReadOnlyList<EdgePrediction> predictions = await client.PredictManyAsync(Rows, new CollectingProgress(reported), TestContext.CancellationToken);

        Assert.HasCount(_tickets.Length, predictions);
        CollectionAssert.AreEqual(new[] { 4, 8, 12, 13 }, reported);
        Assert.IsEmpty(await client.PredictManyAsync([], null, TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task Cancelled_bulk_work_ends_and_the_next_list_is_right()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.SmolLM2);
        IReadOnlyList<EdgePrediction> expected = await client.PredictManyAsync(Rows[..4], null, TestContext.CancellationToken);
        for (int delay = 20; delay <= 500; delay += 160)
        {
            using var source = new CancellationTokenSource();
            Task<IReadOnlyList<EdgePrediction>> work = client.PredictManyAsync([.. Enumerable.Range(0, 200).Select(i => Rows[i % Rows.Length])], null, source.Token);
            await Task.Delay(delay, TestContext.CancellationToken);
            await source.CancelAsync();
            OperationCanceledException exception = await Assert.ThrowsExactlyAsync<OperationCanceledException>(() => work);
            Assert.AreEqual(source.Token, exception.CancellationToken);
        }

        AssertEqual(expected, await client.PredictManyAsync(Rows[..4], null, TestContext.CancellationToken));
    }

    [TestMethod]
    public void Groups_are_limited_by_tokens_outputs_and_sequences()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2);
        EncodedPrompt[] prompts = [.. Enumerable.Repeat(client.Encoder.Encode([new string('x', 2000)]), 64)];
        CompletionPlan plan = client.Plan;

        Assert.AreEqual(1, plan.LargestGroup(0));
        Assert.AreEqual(2, plan.LargestGroup(2));
        int largest = plan.LargestGroup(1000);
        ContextCapacity capacity = plan.BatchCapacity(client.Encoder, largest);
        Assert.IsGreaterThan(2, largest);
        Assert.IsLessThan(1000, largest);
        Assert.IsLessThanOrEqualTo(256, capacity.Sequences);
        Assert.IsLessThanOrEqualTo(plan.MaximumNodes + 1, capacity.Outputs);

        int byTokens = plan.NextGroup(prompts, 64, CallSettings.Default);
        Assert.IsGreaterThan(1, byTokens);
        Assert.IsLessThan(64, byTokens);
        Assert.AreEqual(3, plan.NextGroup(prompts, 3, CallSettings.Default));
        Assert.AreEqual(2, plan.NextGroup(prompts.AsSpan(0, 2), 8, CallSettings.Default));
    }

    private static IEnumerable<double> Differences(EdgePrediction expected, EdgePrediction actual)
    {
        for (int field = 0; field < expected.Fields.Count; field++)
        {
            var probabilities = actual.Fields[field].Probabilities.ToDictionary(label => label.Label, label => label.Probability);
            foreach (LabelProbability label in expected.Fields[field].Probabilities)
            {
                yield return Math.Abs(label.Probability - probabilities[label.Label]);
            }

            if (expected.Fields[field].Text != actual.Fields[field].Text)
            {
                // What follows was asked after another answer: at a tie the two are not comparable.
                yield break;
            }
        }
    }

    private static void AssertEqual(IReadOnlyList<EdgePrediction> expected, IReadOnlyList<EdgePrediction> actual)
    {
        Assert.HasCount(expected.Count, actual);
        for (int row = 0; row < expected.Count; row++)
        {
            PrefixReuseTests.AssertEqual(expected[row], actual[row]);
        }
    }

    private sealed class CollectingProgress(List<int> values) : IProgress<int>
    {
        public void Report(int value) => values.Add(value);
    }
}
