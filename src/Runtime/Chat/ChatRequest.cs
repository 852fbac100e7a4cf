using System.Text.Json;
using System.Text.Json.Nodes;

using EdgeBuild.Contracts;
using EdgeBuild.Prompts;
using EdgeBuild.Prompts.Tools;

using Microsoft.Extensions.AI;

namespace EdgeBuild.Runtime.Chat;

/// <summary>A chat request in the terms of prompts: a system message, turns, and what the answer has to be.</summary>
internal sealed class ChatRequest
{
    private static readonly PromptOutput _text = new() { Name = "answer", Kind = PromptValueKind.String, IsFreeText = true, Position = default };

    private ChatRequest(string system, IReadOnlyList<ChatTurn> turns, PromptOutput output, ChatTools? tools)
    {
        System = system;
        Turns = turns;
        Output = output;
        Tools = tools;
    }

    /// <summary>Gets the system message; empty for none.</summary>
    public string System { get; }

    /// <summary>Gets the other messages.</summary>
    public IReadOnlyList<ChatTurn> Turns { get; }

    /// <summary>Gets what the answer has to be.</summary>
    public PromptOutput Output { get; }

    /// <summary>Gets the functions that may be called, or null.</summary>
    public ChatTools? Tools { get; }

    /// <summary>Gets a value indicating whether the answer is plain text.</summary>
    public bool IsText => ReferenceEquals(Output, _text);

    /// <summary>Reads a request.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="options">The options.</param>
    /// <returns>The request.</returns>
    /// <exception cref="EdgeModelException">EDGE3020: it holds something that the model cannot read, or cannot be held to.</exception>
    public static ChatRequest Read(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ChatTools? tools = ChatTools.From(options);
        List<string> system = options?.Instructions is { Length: > 0 } instructions ? [instructions] : [];
        var turns = new List<ChatTurn>();
        foreach (ChatMessage message in messages)
        {
            string text = string.Join('\n', message.Contents.Select(Text).Where(part => part.Length > 0));
            if (message.Role == ChatRole.System)
            {
                system.Add(text);
            }
            else
            {
                turns.Add(new ChatTurn(message.Role == ChatRole.Assistant ? PromptRole.Assistant : PromptRole.User, text));
            }
        }

        if (turns.Count == 0)
        {
            throw new EdgeModelException(ErrorCodes.UnsupportedChatRequest, "The request has no message of a user. Add one.");
        }

        if (tools is not null)
        {
            system.Add(tools.Instructions);
        }

        return new ChatRequest(string.Join("\n\n", system), turns, tools?.Output ?? Format(options?.ResponseFormat), tools);
    }

    private static PromptOutput Format(ChatResponseFormat? format) => format switch
    {
        ChatResponseFormatJson { Schema: JsonElement schema } => JsonSchemaOutput.Read("answer", schema),
        ChatResponseFormatJson => throw new EdgeModelException(
            ErrorCodes.UnsupportedChatRequest, "The request wants JSON and gives no schema, so that nothing holds the model to a form. Give a JSON schema."),
        _ => _text,
    };

    private static string Text(AIContent content) => content switch
    {
        TextContent text => text.Text,
        TextReasoningContent => string.Empty,
        FunctionCallContent call => new JsonObject
        {
            [PromptTool.NameKey] = call.Name,
            [PromptTool.ArgumentsKey] = new JsonObject([.. (call.Arguments ?? new Dictionary<string, object?>()).Select(argument => KeyValuePair.Create(argument.Key, Json(argument.Value)))]),
        }.ToJsonString(),
        FunctionResultContent result => "Result: " + (result.Result is string words ? words : Json(result.Result)?.ToJsonString() ?? "null"),
        UsageContent => string.Empty,
        _ => throw new EdgeModelException(
            ErrorCodes.UnsupportedChatRequest, $"The model reads text, the request holds {content.GetType().Name}. Leave it out, or send it to a model that reads it."),
    };

    private static JsonNode? Json(object? value) => value switch
    {
        null => null,
        JsonElement element => JsonNode.Parse(element.GetRawText()),
        JsonNode node => node.DeepClone(),
        _ => JsonSerializer.SerializeToNode(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType())),
    };
}
