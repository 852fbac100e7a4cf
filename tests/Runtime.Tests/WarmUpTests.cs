using Microsoft.Extensions.Logging;

namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class WarmUpTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Opening_a_client_makes_its_context_before_any_call()
    {
        var logger = new ContextLogger();
        PromptDefinition definition = TestModel.Define(TestModel.TriageSource);
        using EdgePromptClient client = EdgePromptClient.Open(
            definition, new EdgeClientOptions { Threads = 1, ModelPath = TestModel.TinyLlama3, Manifest = TestModel.Manifest(definition), Logger = logger });

        await logger.ContextMade.WaitAsync(TimeSpan.FromMinutes(1), TestContext.CancellationToken);
        await client.WarmUpAsync(TestContext.CancellationToken);
        await client.PredictAsync(["Hello"], TestContext.CancellationToken);
        Assert.AreEqual(1, logger.Contexts);
    }

    [TestMethod]
    public async Task A_call_at_any_time_of_the_warm_up_has_the_answer_of_a_warm_client()
    {
        EdgePrediction expected;
        using (EdgePromptClient warm = TestModel.Open(TestModel.TriageSource, TestModel.SmolLM2))
        {
            await warm.WarmUpAsync(TestContext.CancellationToken);
            expected = await warm.PredictAsync(["Where is my invoice?"], TestContext.CancellationToken);
        }

        for (int delay = 0; delay <= 400; delay += 80)
        {
            using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.SmolLM2);
            await Task.Delay(delay, TestContext.CancellationToken);
            PrefixReuseTests.AssertEqual(expected, await client.PredictAsync(["Where is my invoice?"], TestContext.CancellationToken));
        }
    }

    [TestMethod]
    public async Task A_client_can_be_disposed_at_any_time_of_the_warm_up()
    {
        for (int delay = 0; delay < 30; delay++)
        {
            EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2);
            using EdgePromptClient other = TestModel.Open(TestModel.SingleSource, TestModel.TinySmolLM2);
            await Task.Delay(delay / 3, TestContext.CancellationToken);
            client.Dispose();

            Assert.HasCount(1, (await other.PredictAsync(["s", "b"], TestContext.CancellationToken)).Fields);
            await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => client.WarmUpAsync(TestContext.CancellationToken));
        }
    }

    [TestMethod]
    public async Task Cancelling_a_warm_up_is_told()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        OperationCanceledException exception = await Assert.ThrowsExactlyAsync<OperationCanceledException>(() => client.WarmUpAsync(cancelled.Token));
        Assert.AreEqual(cancelled.Token, exception.CancellationToken);
    }

    private sealed class ContextLogger : ILogger
    {
        private readonly TaskCompletionSource _contextMade = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _contexts;

        public Task ContextMade => _contextMade.Task;

        public int Contexts => _contexts;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == 1)
            {
                Interlocked.Increment(ref _contexts);
                _contextMade.TrySetResult();
            }
        }
    }
}
