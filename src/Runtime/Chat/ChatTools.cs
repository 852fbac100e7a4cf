using System.Text;
using System.Text.Json;

using EdgeBuild.Contracts;
using EdgeBuild.Prompts;
using EdgeBuild.Prompts.Tools;

using Microsoft.Extensions.AI;

namespace EdgeBuild.Runtime.Chat;

/// <summary>
/// The functions of a chat request as an answer that the decoder holds the model to: one call of one of them, or, where the model may choose, a
/// call of a function of its own whose argument is the text of the reply.
/// </summary>
internal sealed class ChatTools
{
    private const string ReplyText = "text";

    private readonly string? _reply;

    private ChatTools(PromptOutput output, string instructions, string? reply)
    {
        Output = output;
        Instructions = instructions;
        _reply = reply;
    }

    /// <summary>Gets what the answer has to be.</summary>
    public PromptOutput Output { get; }

    /// <summary>Gets what the system message says of the functions.</summary>
    public string Instructions { get; }

    /// <summary>Reads the functions of a request.</summary>
    /// <param name="options">The options of the request.</param>
    /// <returns>The functions; null when none may be called.</returns>
    /// <exception cref="EdgeModelException">EDGE3020: a function has parameters that the decoder does not hold a model to.</exception>
    public static ChatTools? From(ChatOptions? options)
    {
        List<AIFunctionDeclaration> functions = [.. (options?.Tools ?? []).OfType<AIFunctionDeclaration>()];
        if (functions.Count == 0 || options!.ToolMode is NoneChatToolMode)
        {
            return null;
        }

        if (options.ToolMode is RequiredChatToolMode { RequiredFunctionName: string only })
        {
            functions = [.. functions.Where(function => function.Name == only)];
            if (functions.Count == 0)
            {
                throw new EdgeModelException(ErrorCodes.UnsupportedChatRequest, $"The request requires a call of '{only}', which is none of its functions. Add it to the tools.");
            }
        }

        List<PromptTool> tools = [.. functions.Select(Tool)];
        string? reply = null;
        if (options.ToolMode is not RequiredChatToolMode)
        {
            reply = "reply";
            while (tools.Exists(tool => tool.Name == reply))
            {
                reply += "_";
            }

            PromptOutput text = new() { Name = ReplyText, Kind = PromptValueKind.String, IsFreeText = true, Position = default };
            tools.Add(new PromptTool { Name = reply, Description = "Answers in words when no other function fits.", Parameters = [text], Position = default });
        }

        var output = new PromptOutput { Name = PromptTool.OutputName, Kind = PromptValueKind.Object, Tools = tools, Position = default };
        return new ChatTools(output, Describe(tools), reply);
    }

    /// <summary>Reads an answer.</summary>
    /// <param name="answer">The JSON of the call.</param>
    /// <returns>The call, or the text of the reply.</returns>
    public AIContent Read(string answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        string name = document.RootElement.GetProperty(PromptTool.NameKey).GetString()!;
        JsonElement arguments = document.RootElement.GetProperty(PromptTool.ArgumentsKey);
        if (name == _reply)
        {
            return new TextContent(arguments.GetProperty(ReplyText).GetString());
        }

        // What is missing is left out, so that the default of a parameter applies.
        Dictionary<string, object?> values = arguments.EnumerateObject()
            .Where(argument => argument.Value.ValueKind != JsonValueKind.Null)
            .ToDictionary(argument => argument.Name, argument => (object?)argument.Value.Clone(), StringComparer.Ordinal);
        return new FunctionCallContent("call_" + Guid.NewGuid().ToString("N"), name, values);
    }

    private static PromptTool Tool(AIFunctionDeclaration function)
    {
        JsonElement schema = function.JsonSchema;
        bool hasParameters = schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out _);
        PromptOutput parameters = JsonSchemaOutput.Read(function.Name, hasParameters ? schema : NoParameters());
        return new PromptTool { Name = function.Name, Description = function.Description, Parameters = parameters.Properties, Position = default };
    }

    private static JsonElement NoParameters()
    {
        using JsonDocument document = JsonDocument.Parse("""{"type":"object","additionalProperties":false}""");
        return document.RootElement.Clone();
    }

    private static string Describe(List<PromptTool> tools)
    {
        var text = new StringBuilder("Answer with one call of one of these functions:");
        foreach (PromptTool tool in tools)
        {
            text.Append("\n- ").Append(tool.Name).Append('(').AppendJoin(", ", tool.Parameters.Select(parameter => parameter.Name)).Append(')');
            if (!string.IsNullOrEmpty(tool.Description))
            {
                text.Append(": ").Append(tool.Description);
            }
        }

        return text.ToString();
    }
}
