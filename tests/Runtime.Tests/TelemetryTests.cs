using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

using EdgeBuild.Contracts;

using Microsoft.Extensions.AI;

namespace EdgeBuild.Runtime.Tests;

/// <summary>Spans and metrics, after the semantic conventions of OpenTelemetry for generative AI.</summary>
[TestClass]
[DoNotParallelize]
public sealed class TelemetryTests
{
    private const string Secret = "my card is 4111 1111";

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task A_call_is_a_span_with_the_conventions_attributes_and_without_any_text()
    {
        Activity span = (await RecordAsync(client => client.PredictAsync([Secret], TestContext.CancellationToken).AsTask())).Single();
        Assert.AreEqual("chat Test", span.DisplayName);
        Assert.AreEqual(ActivityKind.Internal, span.Kind);
        Assert.AreEqual("chat", span.GetTagItem("gen_ai.operation.name"));
        Assert.AreEqual("edgebuild", span.GetTagItem("gen_ai.provider.name"));
        Assert.AreEqual("Test", span.GetTagItem("gen_ai.request.model"));
        Assert.AreEqual("triage", span.GetTagItem("edgebuild.prompt"));
        CollectionAssert.AreEqual(new[] { "stop" }, (string[])span.GetTagItem("gen_ai.response.finish_reasons")!);
        Assert.IsGreaterThan(10L, (long)span.GetTagItem("gen_ai.usage.input_tokens")!);
        Assert.IsGreaterThan(1L, (long)span.GetTagItem("gen_ai.usage.output_tokens")!);
        Assert.AreEqual("model", span.GetTagItem("edgebuild.source"));
        Assert.IsFalse(span.TagObjects.Any(tag => tag.Value is string text && text.Contains("4111", StringComparison.Ordinal)));
        Assert.AreEqual(ActivityStatusCode.Unset, span.Status);
    }

    [TestMethod]
    public async Task Text_is_recorded_when_the_app_asks_for_it()
    {
        Activity span = (await RecordAsync(
            client => client.PredictAsync([Secret], TestContext.CancellationToken).AsTask(), new EdgeClientOptions { EnableSensitiveData = true })).Single();
        Assert.AreEqual($$"""[{"role":"user","parts":[{"type":"text","content":"{{Secret}}"}]}]""", span.GetTagItem("gen_ai.input.messages"));
        Assert.Contains("\"finish_reason\":\"stop\"", (string)span.GetTagItem("gen_ai.output.messages")!);
    }

    [TestMethod]
    public async Task An_error_has_its_code()
    {
        Activity[] spans = await RecordAsync(async client =>
        {
            using var other = new ScriptedChatClient(_ => "{}");
            await Assert.ThrowsExactlyAsync<EdgeModelException>(async () =>
                await client.PredictAsync(["a"], new EdgeCallOptions { Timeout = TimeSpan.FromTicks(1) }, TestContext.CancellationToken));
            using EdgeChatClient chat = EdgeChatClient.Open(new EdgeClientOptions { ModelPath = TestModel.TinySmolLM2, Threads = 1 });
            await Assert.ThrowsExactlyAsync<EdgeModelException>(() => chat.GetResponseAsync(
                [new(ChatRole.System, string.Join(' ', Enumerable.Range(0, 3000))), new(ChatRole.User, "a")], cancellationToken: TestContext.CancellationToken));
        });
        Assert.AreEqual(ErrorCodes.ContextExceeded, spans.Single(span => span.DisplayName == "chat base").GetTagItem("error.type"));
        Activity timedOut = spans.Single(span => span.DisplayName == "chat Test");
        Assert.AreEqual(ActivityStatusCode.Error, timedOut.Status);
        Assert.IsNotNull(timedOut.GetTagItem("error.type"));
    }

    [TestMethod]
    public async Task Duration_tokens_and_answers_are_metrics()
    {
        var measured = new ConcurrentBag<(string Name, double Value, Dictionary<string, object?> Tags)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, owner) =>
        {
            if (instrument.Meter.Name == EdgeTelemetry.SourceName)
            {
                owner.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Add((instrument.Name, value, new(tags.ToArray()))));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => measured.Add((instrument.Name, value, new(tags.ToArray()))));
        listener.Start();
        await RecordAsync(client => client.PredictManyAsync([["a"], ["b"], ["c"]], cancellationToken: TestContext.CancellationToken));

        Assert.HasCount(1, measured.Where(entry => entry.Name == "gen_ai.client.operation.duration").ToList(), "one group");
        Assert.HasCount(6, measured.Where(entry => entry.Name == "gen_ai.client.token.usage").ToList());
        (_, double value, Dictionary<string, object?> tags) = measured.First(entry => entry.Name == "edgebuild.client.answers");
        Assert.AreEqual(1, value);
        Assert.AreEqual(("triage", "model", "Test"), (tags["edgebuild.prompt"], tags["edgebuild.source"], tags["gen_ai.request.model"]));
    }

    private static async Task<Activity[]> RecordAsync(Func<EdgePromptClient, Task> work, EdgeClientOptions? options = null)
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == EdgeTelemetry.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        PromptDefinition definition = TestModel.Define(TestModel.TriageSource);
        options ??= new EdgeClientOptions();
        options.ModelPath = TestModel.TinySmolLM2;
        options.Manifest = TestModel.Manifest(definition);
        options.Threads = 1;
        using EdgePromptClient client = EdgePromptClient.Open(definition, options);
        await work(client);
        return [.. spans];
    }
}
