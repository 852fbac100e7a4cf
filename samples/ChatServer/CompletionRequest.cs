using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatServer;

/// <summary>A request for a chat completion, read from JSON.</summary>
internal sealed class CompletionRequest
{
    private CompletionRequest(JsonElement json)
    {
        Stream = Get(json, "stream") is { ValueKind: JsonValueKind.True };
        IncludeUsage = Get(json, "stream_options") is JsonElement options && Get(options, "include_usage") is { ValueKind: JsonValueKind.True };
        Messages = [.. Array(json, "messages").Select(Message)];
        Options = ReadOptions(json);
    }

    public bool Stream { get; }

    public bool IncludeUsage { get; }

    public IReadOnlyList<ChatMessage> Messages { get; }

    public ChatOptions Options { get; }

    public static async Task<CompletionRequest> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            using JsonDocument document = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            return new CompletionRequest(document.RootElement.Clone());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("The request is not a chat completion: " + exception.Message, exception);
        }
    }

    private static ChatOptions ReadOptions(JsonElement json)
    {
        var options = new ChatOptions
        {
            MaxOutputTokens = (Get(json, "max_completion_tokens") ?? Get(json, "max_tokens"))?.GetInt32(),
            Temperature = Get(json, "temperature")?.GetSingle(),
            TopP = Get(json, "top_p")?.GetSingle(),
            Seed = Get(json, "seed")?.GetInt64(),
            StopSequences = Get(json, "stop") is JsonElement stop ? (stop.ValueKind == JsonValueKind.String ? [stop.GetString()!] : [.. stop.EnumerateArray().Select(one => one.GetString()!)]) : null,
            Tools = [.. Array(json, "tools").Select(Tool)],
            ResponseFormat = Format(Get(json, "response_format")),
        };
        options.ToolMode = Get(json, "tool_choice") switch
        {
            { ValueKind: JsonValueKind.String } mode => mode.GetString() switch { "none" => ChatToolMode.None, "required" => ChatToolMode.RequireAny, _ => ChatToolMode.Auto },
            JsonElement choice => ChatToolMode.RequireSpecific(choice.GetProperty("function").GetProperty("name").GetString()!),
            null => null,
        };
        return options;
    }

    private static ChatMessage Message(JsonElement json)
    {
        List<AIContent> contents = [];
        if (Get(json, "content") is JsonElement content)
        {
            contents.AddRange(content.ValueKind == JsonValueKind.String ? [new TextContent(content.GetString())] : content.EnumerateArray().Select(Part));
        }

        string role = json.GetProperty("role").GetString()!;
        if (role == "tool")
        {
            return new ChatMessage(ChatRole.Tool, [new FunctionResultContent(json.GetProperty("tool_call_id").GetString()!, string.Concat(contents.OfType<TextContent>().Select(text => text.Text)))]);
        }

        foreach (JsonElement call in Array(json, "tool_calls"))
        {
            JsonElement function = call.GetProperty("function");
            using JsonDocument arguments = JsonDocument.Parse(function.GetProperty("arguments").GetString()!);
            contents.Add(new FunctionCallContent(
                call.GetProperty("id").GetString()!,
                function.GetProperty("name").GetString()!,
                arguments.RootElement.EnumerateObject().ToDictionary(argument => argument.Name, argument => (object?)argument.Value.Clone())));
        }

        return new ChatMessage(role is "developer" ? ChatRole.System : new ChatRole(role), contents);
    }

    private static AIContent Part(JsonElement part) => part.GetProperty("type").GetString() switch
    {
        "text" => new TextContent(part.GetProperty("text").GetString()),
        string other => throw new FormatException($"A message holds a part of the type '{other}', this model reads text."),
        null => throw new FormatException("A part of a message has no type."),
    };

    private static AITool Tool(JsonElement json)
    {
        JsonElement function = json.GetProperty("function");
        string? description = Get(function, "description")?.GetString();
        using JsonDocument none = JsonDocument.Parse("{\"type\":\"object\",\"properties\":{}}");
        return AIFunctionFactory.CreateDeclaration(
            function.GetProperty("name").GetString()!, description, Get(function, "parameters") ?? none.RootElement.Clone());
    }

    private static ChatResponseFormat? Format(JsonElement? json) => json is not JsonElement format ? null : format.GetProperty("type").GetString() switch
    {
        "json_schema" => ChatResponseFormat.ForJsonSchema(format.GetProperty("json_schema").GetProperty("schema"), format.GetProperty("json_schema").GetProperty("name").GetString()),
        "json_object" => ChatResponseFormat.Json,
        _ => ChatResponseFormat.Text,
    };

    private static JsonElement? Get(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static JsonElement[] Array(JsonElement json, string name) => Get(json, name) is JsonElement array ? [.. array.EnumerateArray()] : [];
}
