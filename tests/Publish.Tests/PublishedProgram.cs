using System.Globalization;
using System.Text.Json;
using EdgeBuild.Prompts;
using EdgeBuild.Runtime;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeBuild.Publish.Tests;

/// <summary>What a published app does, compiled into it and into the test.</summary>
internal static class PublishedProgram
{
    private const string Source =
        "---\nname: triage\nmetadata:\n  edge:\n    maxInputTokens: 64\ninputs:\n  - name: ticket\n    kind: string\n"
        + "outputs:\n  - name: category\n    kind: string\n    enumValues: [Billing, Bug]\n---\nuser:\n{{ticket}}\n";

    /// <summary>Answers a prompt and a chat request, both through services.</summary>
    public static async Task<string> AnswerAsync(string model)
    {
        PromptDocument document = PromptDocument.Parse("triage.prompty", Source).Document!;
        CompiledPrompt compiled = CompiledPrompt.Compile(document, LabelSet.From(document, null), ChatFormat.ChatML);
        var definition = new PromptDefinition("Test", "triage", Source, compiled.Hash, compiled.Labels.ByOutput);
        var manifest = new EdgeManifest
        {
            Model = "Test",
            ChatFormat = "chatml",
            Prompts = [new EdgeManifestPrompt { Name = "triage", Hash = compiled.Hash, Labels = compiled.Labels.ByOutput }],
        };
        var services = new ServiceCollection();
        services.AddEdgeBuild(options =>
        {
            options.Threads = 1;
            options.Logger = new ErrorOutputLogger();
        });
        services.AddEdgeChatClient((_, options) => options.ModelPath = model, 256);
        services.AddEdgeClient<IEdgeClient, Client>(definition, options => new Client(definition, options), (_, options) =>
        {
            options.ModelPath = model;
            options.Manifest = EdgeManifest.Parse(manifest.ToUtf8Json());
        });
        using ServiceProvider provider = services.BuildServiceProvider();
        EdgePrediction prediction = await provider.GetRequiredService<Client>().Prompt.PredictAsync(["Where is my invoice?"]);
        using JsonDocument schema = JsonDocument.Parse("""{"type":"object","properties":{"count":{"type":"integer"},"city":{"type":"string","enum":["Rome","Oslo"]}},"required":["count","city"]}""");
        ChatResponse chat = await provider.GetRequiredService<IChatClient>().GetResponseAsync(
            [new(ChatRole.User, "Hi")], new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(schema.RootElement) });
        return string.Create(CultureInfo.InvariantCulture, $"{prediction.Fields[0].Text} {prediction.Confidence:0.0000} {chat.Text}");
    }

    /// <summary>Writes what an operator should know to standard error.</summary>
    private sealed class ErrorOutputLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Console.Error.WriteLine($"event {eventId.Id}: {formatter(state, exception)}");
            }
        }
    }

    private sealed class Client(PromptDefinition definition, EdgeClientOptions options) : IEdgeClient
    {
        public EdgePromptClient Prompt { get; } = EdgePromptClient.Open(definition, options);

        public Task WarmUpAsync(CancellationToken cancellationToken = default) => Prompt.WarmUpAsync(cancellationToken);

        public void Dispose() => Prompt.Dispose();
    }
}
