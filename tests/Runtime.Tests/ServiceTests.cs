using EdgeBuild.Contracts;

using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EdgeBuild.Runtime.Tests;

/// <summary>Clients as services of a host, as an app uses them.</summary>
[TestClass]
public sealed class ServiceTests
{
    private static readonly PromptDefinition _definition = TestModel.Define(TestModel.TriageSource);

    private interface ITriage
    {
        ValueTask<EdgePrediction> PredictAsync(string ticket);

        IAsyncEnumerable<EdgePrediction> PredictManyAsync(IEnumerable<string> tickets);
    }

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task A_host_opens_and_warms_the_client_before_its_first_call_and_disposes_it()
    {
        // The first client of a file decides its log, so that the file is the test's own.
        string model = Path.Combine(Directory.CreateTempSubdirectory("edge-services-").FullName, "own.gguf");
        File.Copy(TestModel.TinySmolLM2, model);
        var log = new RecordingLogger();
        IHost host = Build(services => services
            .AddEdgeBuild(options => options.Threads = 1)
            .AddEdgeClient<ITriage, Triage>(_definition, options => new Triage(options), (provider, options) =>
            {
                Small(provider, options);
                options.ModelPath = model;
            }), log);
        await host.StartAsync(TestContext.CancellationToken);
        Triage client = host.Services.GetRequiredService<Triage>();
        Assert.AreEqual(1, client.WarmUps);
        Assert.AreEqual(1, client.Options.Threads);
        Assert.AreSame(client, host.Services.GetRequiredService<ITriage>());
        Assert.AreEqual("category", (await client.PredictAsync("Where is my invoice?")).Fields[0].Name);
        Assert.IsTrue(log.Entries.Any(entry => entry.Id.Id > 0 && entry.Line.Contains("Inference context", StringComparison.Ordinal)), "the app's log is used");
        await host.StopAsync(TestContext.CancellationToken);
        host.Dispose();

        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(async () => await client.PredictAsync("a"));
        Directory.Delete(Path.GetDirectoryName(model)!, recursive: true);
    }

    [TestMethod]
    public async Task Options_that_make_no_sense_stop_the_host_with_all_reasons()
    {
        using IHost host = Build(services => services.AddEdgeBuild().AddEdgeClient<ITriage, Triage>(_definition, options => new Triage(options), (_, options) =>
        {
            options.RequiredPrecision = 95;
            options.Threads = 0;
            options.ModelPath = "no/such.gguf";
        }));
        OptionsValidationException exception = await Assert.ThrowsExactlyAsync<OptionsValidationException>(() => host.StartAsync(TestContext.CancellationToken));
        string text = string.Join('\n', exception.Failures);
        Assert.HasCount(3, exception.Failures, text);
        Assert.Contains("Options of Triage: RequiredPrecision is 95", text);
        Assert.Contains("no/such.gguf", text);
    }

    [TestMethod]
    public async Task A_missing_model_stops_the_host_with_its_code()
    {
        using IHost host = Build(services => services.AddEdgeBuild().AddEdgeClient<ITriage, Triage>(_definition, options => new Triage(options)));
        EdgeModelException exception = await Assert.ThrowsExactlyAsync<EdgeModelException>(() => host.StartAsync(TestContext.CancellationToken));
        Assert.AreEqual(ErrorCodes.ArtifactInvalid, exception.Code);
    }

    [TestMethod]
    public async Task The_health_check_tells_models_that_answer_and_those_that_cannot()
    {
        using IHost well = Build(services =>
        {
            services.AddEdgeClient<ITriage, Triage>(_definition, options => new Triage(options), Small);
            services.AddHealthChecks().AddCheck<EdgeHealthCheck>("models");
        });
        HealthReport report = await well.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.CancellationToken);
        Assert.AreEqual(HealthStatus.Healthy, report.Status);
        Assert.AreEqual("Ready: triage.", report.Entries["models"].Description);

        using IHost ill = Build(services =>
        {
            services.AddEdgeClient<ITriage, Triage>(_definition, options => new Triage(options));
            services.AddHealthChecks().AddCheck<EdgeHealthCheck>("models", HealthStatus.Degraded);
        });
        report = await ill.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.CancellationToken);
        Assert.AreEqual(HealthStatus.Degraded, report.Status);
        Assert.StartsWith("EDGE3003: ", report.Entries["models"].Description);
    }

    [TestMethod]
    public async Task A_chat_client_is_a_service_and_may_be_the_fallback_of_a_typed_one()
    {
        using IHost host = Build(services => services
            .AddEdgeChatClient((_, options) => options.ModelPath = TestModel.TinySmolLM2)
            .AddEdgeClient<ITriage, Triage>(_definition, options => new Triage(options), (provider, options) =>
            {
                Small(provider, options);
                options.Fallback = provider.GetRequiredService<IChatClient>();
                options.RequiredPrecision = 1;
            }));
        EdgePrediction prediction = await host.Services.GetRequiredService<ITriage>().PredictAsync("Where is my invoice?");
        Assert.AreEqual(AnswerSource.Fallback, prediction.Source, "its answers always have the form of the outputs");
    }

    [TestMethod]
    public void Adding_a_client_twice_adds_one()
    {
        var services = new ServiceCollection();
        services.AddEdgeClient<ITriage, Triage>(_definition, options => new Triage(options)).AddEdgeClient<ITriage, Triage>(_definition, options => new Triage(options));
        services.AddEdgeBuild().AddEdgeBuild();
        Assert.HasCount(1, services.Where(descriptor => descriptor.ServiceType == typeof(ITriage)).ToList());
        Assert.HasCount(1, services.Where(descriptor => descriptor.ServiceType == typeof(IHostedService)).ToList());
    }

    [TestMethod]
    public async Task What_is_injected_follows_a_takeover_and_goes_back()
    {
        using IHost host = Build(services => services
            .AddEdgeBuild()
            .AddEdgeClient<ITriage, Triage>(_definition, options => new Triage(options), Small, models => new Present(models)));
        await host.StartAsync(TestContext.CancellationToken);
        ITriage triage = host.Services.GetRequiredService<ITriage>();
        EdgeClientSwitch<Triage> models = host.Services.GetRequiredService<EdgeClientSwitch<Triage>>();
        Triage first = host.Services.GetRequiredService<Triage>();
        Assert.AreEqual(1, first.WarmUps);
        double before = (await triage.PredictAsync("Where is my invoice?")).Confidence;
        await models.TakeOverAsync(
            () => new Triage(new EdgeClientOptions { ModelPath = TestModel.TinyLlama3, Manifest = TestModel.Manifest(_definition) }), TestContext.CancellationToken);
        Assert.AreNotEqual(before, (await triage.PredictAsync("Where is my invoice?")).Confidence);
        models.RollBack();
        Assert.AreEqual(before, (await triage.PredictAsync("Where is my invoice?")).Confidence);

        // What a client sends piece by piece ends on the model that it began on, also when that is given up meanwhile.
        await using IAsyncEnumerator<EdgePrediction> rows = triage.PredictManyAsync(["a", "b", "c"]).GetAsyncEnumerator(TestContext.CancellationToken);
        Assert.IsTrue(await rows.MoveNextAsync());
        await models.TakeOverAsync(
            () => new Triage(new EdgeClientOptions { ModelPath = TestModel.TinyLlama3, Manifest = TestModel.Manifest(_definition) }), TestContext.CancellationToken);
        models.ForgetPrevious();
        Assert.IsTrue(await rows.MoveNextAsync());
        Assert.IsTrue(await rows.MoveNextAsync());
        Assert.IsFalse(await rows.MoveNextAsync());
        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(async () => await first.PredictAsync("a"));
    }

    private static void Small(IServiceProvider provider, EdgeClientOptions options)
    {
        options.ModelPath = TestModel.TinySmolLM2;
        options.Manifest = TestModel.Manifest(_definition);
    }

    private static IHost Build(Action<IServiceCollection> configure, RecordingLogger? log = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        if (log is not null)
        {
            builder.Logging.AddProvider(new Provider(log)).SetMinimumLevel(LogLevel.Trace);
        }

        configure(builder.Services);
        return builder.Build();
    }

    private sealed class Provider(ILogger logger) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }

    /// <summary>What the generator writes, by hand.</summary>
    private sealed class Triage(EdgeClientOptions options) : ITriage, IEdgeClient
    {
        private readonly EdgePromptClient _client = EdgePromptClient.Open(_definition, options);

        public EdgeClientOptions Options { get; } = options;

        public int WarmUps { get; private set; }

        public ValueTask<EdgePrediction> PredictAsync(string ticket) => _client.PredictAsync([ticket]);

        public IAsyncEnumerable<EdgePrediction> PredictManyAsync(IEnumerable<string> tickets) =>
            _client.PredictStreamAsync(tickets.Select(ticket => (IReadOnlyList<string>)[ticket]), null, CancellationToken.None);

        public Task WarmUpAsync(CancellationToken cancellationToken = default)
        {
            WarmUps++;
            return _client.WarmUpAsync(cancellationToken);
        }

        public void Dispose() => _client.Dispose();
    }

    private sealed class Present(EdgeClientSwitch<Triage> models) : ITriage
    {
        public ValueTask<EdgePrediction> PredictAsync(string ticket) => new(models.CallAsync(client => client.PredictAsync(ticket)));

        public IAsyncEnumerable<EdgePrediction> PredictManyAsync(IEnumerable<string> tickets) => models.StreamAsync(client => client.PredictManyAsync(tickets));
    }
}
