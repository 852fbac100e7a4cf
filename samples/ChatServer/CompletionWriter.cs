using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeBuild.Runtime;
using Microsoft.Extensions.AI;

namespace ChatServer;

/// <summary>Writes answers as chat completions, whole or as server-sent events.</summary>
internal static class CompletionWriter
{
    public static string Models(string name) => new JsonObject
    {
        ["object"] = "list",
        ["data"] = new JsonArray(new JsonObject { ["id"] = name, ["object"] = "model", ["created"] = 0, ["owned_by"] = "local" }),
    }.ToJsonString();

    public static string Error(Exception exception) => new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["message"] = exception.Message,
            ["type"] = "invalid_request_error",
            ["code"] = (exception as EdgeModelException)?.Code,
            ["param"] = null,
        },
    }.ToJsonString();

    public static async Task WriteAsync(HttpResponse http, ChatResponse response, CancellationToken cancellationToken)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = response.Text.Length > 0 ? response.Text : null };
        if (Calls(response.Messages[0].Contents) is { Count: > 0 } calls)
        {
            message["tool_calls"] = calls;
        }

        JsonObject completion = Envelope("chat.completion", response.ResponseId, response.ModelId, new JsonObject
        {
            ["index"] = 0,
            ["message"] = message,
            ["logprobs"] = null,
            ["finish_reason"] = response.FinishReason?.Value,
        });
        completion["usage"] = Usage(response.Usage!);
        http.ContentType = "application/json";
        await http.WriteAsync(completion.ToJsonString(), cancellationToken);
    }

    public static async Task StreamAsync(HttpResponse http, IChatClient chat, CompletionRequest request, CancellationToken cancellationToken)
    {
        bool first = true;
        await foreach (ChatResponseUpdate update in chat.GetStreamingResponseAsync(request.Messages, request.Options, cancellationToken))
        {
            var delta = new JsonObject();
            if (first)
            {
                // Not before the first event: what is wrong with a request is told as an error.
                http.ContentType = "text/event-stream";
                delta["role"] = "assistant";
                first = false;
            }

            if (update.Text.Length > 0)
            {
                delta["content"] = update.Text;
            }

            if (Calls(update.Contents) is { Count: > 0 } calls)
            {
                delta["tool_calls"] = calls;
            }

            await EventAsync(Envelope("chat.completion.chunk", update.ResponseId, update.ModelId, new JsonObject
            {
                ["index"] = 0,
                ["delta"] = delta,
                ["finish_reason"] = update.FinishReason?.Value,
            }).ToJsonString());
            if (request.IncludeUsage && update.Contents.OfType<UsageContent>().FirstOrDefault() is { } usage)
            {
                JsonObject last = Envelope("chat.completion.chunk", update.ResponseId, update.ModelId, null);
                last["usage"] = Usage(usage.Details);
                await EventAsync(last.ToJsonString());
            }
        }

        await EventAsync("[DONE]");

        async Task EventAsync(string data)
        {
            await http.WriteAsync($"data: {data}\n\n", cancellationToken);
            await http.Body.FlushAsync(cancellationToken);
        }
    }

    private static JsonObject Envelope(string kind, string? id, string? model, JsonObject? choice) => new()
    {
        ["id"] = "chatcmpl-" + id,
        ["object"] = kind,
        ["created"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        ["model"] = model,
        ["choices"] = choice is null ? new JsonArray() : new JsonArray(choice),
    };

    private static JsonArray Calls(IEnumerable<AIContent> contents) => new([.. contents.OfType<FunctionCallContent>().Select((call, index) => new JsonObject
    {
        ["index"] = index,
        ["id"] = call.CallId,
        ["type"] = "function",
        ["function"] = new JsonObject
        {
            ["name"] = call.Name,
            ["arguments"] = new JsonObject((call.Arguments ?? new Dictionary<string, object?>()).Select(argument =>
                KeyValuePair.Create(argument.Key, JsonNode.Parse(((JsonElement)argument.Value!).GetRawText())))).ToJsonString(),
        },
    })]);

    private static JsonObject Usage(UsageDetails usage) => new()
    {
        ["prompt_tokens"] = usage.InputTokenCount,
        ["completion_tokens"] = usage.OutputTokenCount,
        ["total_tokens"] = usage.TotalTokenCount,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = usage.CachedInputTokenCount },
    };
}
