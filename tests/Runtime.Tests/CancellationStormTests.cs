namespace EdgeBuild.Runtime.Tests;

/// <summary>Thousands of calls that are given up at random moments leave nothing behind.</summary>
[TestClass]
public sealed class CancellationStormTests
{
    private const int Callers = 16;
    private const int CallsEach = 640;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task After_ten_thousand_random_cancellations_answers_are_right_and_nothing_is_held()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2);
        using EdgePromptClient other = TestModel.Open(TestModel.ReplySource, TestModel.TinySmolLM2);
        EdgePrediction before = await client.PredictAsync(["Where is my invoice?"], TestContext.CancellationToken);
        string reply = (await other.PredictAsync(["Who?"], new EdgeCallOptions { MaxTokens = 6 }, TestContext.CancellationToken)).Fields[0].Text;
        int cancelled = 0;
        int answered = 0;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            for (int call = 0; call < CallsEach; call++)
            {
                using var source = new CancellationTokenSource();
                int way = random.Next(4);
                Task<EdgePrediction> running = caller % 4 == 0
                    ? other.PredictAsync(["Who?"], new EdgeCallOptions { MaxTokens = 6 }, source.Token).AsTask()
                    : client.PredictAsync([$"Ticket {random.Next(100)}"], source.Token).AsTask();
                if (way == 1)
                {
                    await Task.Yield();
                }
                else if (way == 2)
                {
                    // Within the computation, at another place each time.
                    Thread.SpinWait(random.Next(20_000));
                }
                else if (way == 3)
                {
                    await Task.WhenAny(running, Task.Delay(random.Next(4), CancellationToken.None));
                }

                await source.CancelAsync();
                try
                {
                    await running;
                    Interlocked.Increment(ref answered);
                }
                catch (OperationCanceledException exception)
                {
                    Assert.AreEqual(source.Token, exception.CancellationToken);
                    Interlocked.Increment(ref cancelled);
                }
            }
        })));

        TestContext.WriteLine($"{cancelled} cancelled, {answered} answered");
        Assert.AreEqual(Callers * CallsEach, cancelled + answered);
        Assert.IsGreaterThan(Callers * CallsEach / 2, cancelled);

        // The context may have become larger, which changes no answer; every sequence is free for a full batch again.
        PrefixReuseTests.AssertEqual(before, await client.PredictAsync(["Where is my invoice?"], TestContext.CancellationToken));
        Assert.AreEqual(reply, (await other.PredictAsync(["Who?"], new EdgeCallOptions { MaxTokens = 6 }, TestContext.CancellationToken)).Fields[0].Text);
        IReadOnlyList<EdgePrediction> rows = await client.PredictManyAsync([.. Enumerable.Range(0, 32).Select(row => new[] { $"Ticket {row}" })], cancellationToken: TestContext.CancellationToken);
        Assert.HasCount(32, rows);
    }
}
