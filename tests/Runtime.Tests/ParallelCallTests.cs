using EdgeBuild.Contracts;

namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class ParallelCallTests
{
    private static readonly string[] _tickets = [.. Enumerable.Range(0, 24).Select(i => $"ticket {i} {new string((char)('a' + i), i)}")];

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Callers_at_the_same_time_have_the_answers_of_single_calls_but_for_rounding(bool labels)
    {
        using EdgePromptClient client = TestModel.Open(labels ? TestModel.TriageSource : TestModel.ReplySource, TestModel.TinySmolLM2);
        var options = new EdgeCallOptions { MaxTokens = 24 };
        var alone = new List<EdgePrediction>();
        foreach (string ticket in _tickets)
        {
            alone.Add(await client.PredictAsync([ticket], options, TestContext.CancellationToken));
        }

        for (int round = 0; round < 3; round++)
        {
            EdgePrediction[] together = await Task.WhenAll(_tickets.Select(ticket => client.PredictAsync([ticket], options, TestContext.CancellationToken).AsTask()));
            for (int i = 0; i < together.Length; i++)
            {
                Assert.AreEqual(alone[i].Fields[0].Text, together[i].Fields[0].Text);
                Assert.AreEqual(alone[i].Confidence, together[i].Confidence, 1e-4);
                Assert.AreEqual(alone[i].PromptTokens, together[i].PromptTokens);
            }
        }

        PrefixReuseTests.AssertEqual(alone[0], await client.PredictAsync([_tickets[0]], options, TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task Callers_share_the_steps_of_the_model()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.ReplySource, TestModel.TinySmolLM2);
        await client.WarmUpAsync(TestContext.CancellationToken);
        var options = new EdgeCallOptions { MaxTokens = 12 };

        // The first of them makes the larger context.
        await Task.WhenAll(_tickets.Select(ticket => client.PredictAsync([ticket], options, TestContext.CancellationToken).AsTask()));
        long before = await client.Host.RunAsync(context => context.Steps, TestContext.CancellationToken);
        await client.PredictAsync([_tickets[0]], options, TestContext.CancellationToken);
        long single = await client.Host.RunAsync(context => context.Steps, TestContext.CancellationToken) - before;
        await Task.WhenAll(_tickets.Select(ticket => client.PredictAsync([ticket], options, TestContext.CancellationToken).AsTask()));
        long shared = await client.Host.RunAsync(context => context.Steps, TestContext.CancellationToken) - before - single;

        Assert.IsLessThan(_tickets.Length * single / 2, shared);
    }

    [TestMethod]
    public async Task Prompts_of_one_model_have_their_turns_while_another_is_busy()
    {
        using EdgePromptClient busy = TestModel.Open(TestModel.ReplySource, TestModel.TinySmolLM2);
        using EdgePromptClient other = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2);
        EdgePrediction expected = await other.PredictAsync(["a"], TestContext.CancellationToken);
        using var stop = new CancellationTokenSource();
        Task[] load = [.. Enumerable.Range(0, 6).Select(async i =>
        {
            while (!stop.IsCancellationRequested)
            {
                await busy.PredictAsync([_tickets[i]], new EdgeCallOptions { MaxTokens = 16 }, TestContext.CancellationToken);
            }
        })];
        for (int i = 0; i < 5; i++)
        {
            PrefixReuseTests.AssertEqual(expected, await other.PredictAsync(["a"], TestContext.CancellationToken));
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
    }

    [TestMethod]
    public async Task Ten_thousand_calls_cancelled_at_random_leave_the_right_answers()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2);
        EdgePrediction[] expected = [.. await Task.WhenAll(_tickets[..2].Select(async ticket => await client.PredictAsync([ticket], TestContext.CancellationToken)))];
        int cancelled = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 10_000), new ParallelOptions { MaxDegreeOfParallelism = 24 }, async (i, _) =>
        {
            var random = new Random(i);
            using var source = new CancellationTokenSource();
            Task<EdgePrediction> call = client.PredictAsync([_tickets[i % 24]], source.Token).AsTask();
            for (int wait = random.Next(40); wait > 0; wait--)
            {
                await Task.Yield();
            }

            await source.CancelAsync();
            try
            {
                await call;
            }
            catch (OperationCanceledException exception)
            {
                Assert.AreEqual(source.Token, exception.CancellationToken);
                Interlocked.Increment(ref cancelled);
            }
        });

        Assert.IsGreaterThan(5_000, cancelled);
        for (int i = 0; i < 2; i++)
        {
            EdgePrediction after = await client.PredictAsync([_tickets[i]], TestContext.CancellationToken);
            Assert.AreEqual(expected[i].Fields[0].Text, after.Fields[0].Text);
            Assert.AreEqual(expected[i].Confidence, after.Confidence, 1e-4);
        }
    }

    [TestMethod]
    public async Task A_cancelled_caller_does_not_end_the_calls_beside_it()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.ReplySource, TestModel.TinySmolLM2);
        var options = new EdgeCallOptions { MaxTokens = 60 };
        string[] expected = [.. await Task.WhenAll(_tickets[..6].Select(async ticket =>
            (await client.PredictAsync([ticket], options, TestContext.CancellationToken)).Fields[0].Text))];
        using var source = new CancellationTokenSource();
        Task<EdgePrediction> first = client.PredictAsync([_tickets[10]], options, source.Token).AsTask();
        Task<EdgePrediction>[] others = [.. _tickets[..6].Select(ticket => client.PredictAsync([ticket], options, TestContext.CancellationToken).AsTask())];
        await Task.Yield();
        await source.CancelAsync();

        for (int i = 0; i < others.Length; i++)
        {
            Assert.AreEqual(expected[i], (await others[i]).Fields[0].Text);
        }

        try
        {
            await first;
        }
        catch (OperationCanceledException exception)
        {
            Assert.AreEqual(source.Token, exception.CancellationToken);
        }
    }

    [TestMethod]
    public async Task A_timeout_ends_a_call_and_is_told_as_such()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.ReplySource, TestModel.TinySmolLM2);
        await client.WarmUpAsync(TestContext.CancellationToken);

        using var release = new ManualResetEventSlim();
        Task<bool> busy = client.Host.RunAsync(
            _ =>
            {
                release.Wait(TestContext.CancellationToken);
                return true;
            },
            TestContext.CancellationToken);
        EdgeModelException exception = await Assert.ThrowsExactlyAsync<EdgeModelException>(async () =>
            await client.PredictAsync(["a"], new EdgeCallOptions { Timeout = TimeSpan.FromMilliseconds(20) }, TestContext.CancellationToken));
        Assert.AreEqual(ErrorCodes.CallTimedOut, exception.Code);
        Assert.IsInstanceOfType<TimeoutException>(exception.InnerException);
        release.Set();
        Assert.IsTrue(await busy);
        EdgePrediction answer = await client.PredictAsync(["a"], new EdgeCallOptions { MaxTokens = 2, Timeout = TimeSpan.FromMinutes(5) }, TestContext.CancellationToken);
        Assert.HasCount(1, answer.Fields);
    }
}
