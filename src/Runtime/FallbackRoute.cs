using EdgeBuild.Contracts.Json;
using EdgeBuild.Prompts;

using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace EdgeBuild.Runtime;

/// <summary>Asks a chat client of the app's choice what the model is not confident of, and reads its answer into the same outputs.</summary>
/// <param name="client">The chat client.</param>
/// <param name="prompt">The prompt.</param>
/// <param name="logger">The log.</param>
internal sealed partial class FallbackRoute(IChatClient client, CompiledPrompt prompt, ILogger logger)
{
    private readonly ChatResponseFormat _format = ChatResponseFormat.ForJsonSchema(OutputSchema.Of(prompt), prompt.Document.Name, prompt.Document.Description);

    /// <summary>Asks.</summary>
    /// <param name="inputs">The inputs, whole: the limit of the model is not that of the other one.</param>
    /// <param name="local">The answer of the model.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The other answer, or that of the model when there is none that is valid.</returns>
    public async Task<EdgePrediction> AnswerAsync(IReadOnlyList<string> inputs, EdgePrediction local, CancellationToken cancellationToken)
    {
        try
        {
            ChatResponse response = await client.GetResponseAsync(
                Messages(inputs), new ChatOptions { ResponseFormat = _format, Temperature = 0 }, cancellationToken).ConfigureAwait(false);
            return Merge(local, Read(response.Text));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is FormatException or JsonSyntaxException)
        {
            // The message of such an exception may hold the answer, which is nobody's business but the app's.
            LogInvalid(logger, prompt.Document.Name);
            return local;
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception, prompt.Document.Name);
            return local;
        }
    }

    private static EdgePrediction Merge(EdgePrediction local, (string Text, bool IsMissing)[] values)
    {
        FieldPrediction[] fields = new FieldPrediction[values.Length];
        for (int index = 0; index < fields.Length; index++)
        {
            FieldPrediction field = local.Fields[index];
            (string text, bool isMissing) = values[index];
            double own = field.Probabilities.FirstOrDefault(label => label.Label == text).Probability;
            fields[index] = new FieldPrediction(field.Name, text, field.Probabilities, field.Text == text ? field.Confidence : own)
            {
                Threshold = field.Threshold,
                Familiarity = field.Familiarity,
                IsUnfamiliar = field.IsUnfamiliar,
                HiddenState = field.HiddenState,
                IsMissing = isMissing,
            };
        }

        return new EdgePrediction(fields, inputTruncated: false, local.Elapsed, local.PromptTokens, local.CachedTokens)
        {
            Source = AnswerSource.Fallback,
            OutputTokens = local.OutputTokens,
        };
    }

    private List<ChatMessage> Messages(IReadOnlyList<string> inputs)
    {
        Dictionary<string, string> values = prompt.Document.Inputs.Zip(inputs).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal);
        return
        [
            .. prompt.Document.Messages.Select(message => new ChatMessage(
                message.Role switch { PromptRole.System => ChatRole.System, PromptRole.User => ChatRole.User, _ => ChatRole.Assistant },
                string.Concat(message.Parts.Select(part => part.IsPlaceholder ? values[part.Text] : part.Text)))),
        ];
    }

    private (string Text, bool IsMissing)[] Read(string text)
    {
        // Clients without structured output put the object into a fenced block, or words around it.
        int start = text.IndexOf('{', StringComparison.Ordinal);
        int end = text.LastIndexOf('}');
        if (start < 0 || end < start)
        {
            throw new FormatException("The answer holds no JSON object.");
        }

        JsonValue answer = JsonText.Parse(text[start..(end + 1)]);
        return [.. prompt.Document.Outputs.Select(output => Value(output, answer[output.Name]))];
    }

    private (string Text, bool IsMissing) Value(PromptOutput output, JsonValue? value)
    {
        PromptOutput labelled = output.Kind == PromptValueKind.String && output.IsLabelled ? output with { EnumValues = prompt.Labels[output.Name] } : output;
        string canonical = NestedAnswer.Canonical(labelled, value);
        return !output.Required && canonical == NestedAnswer.Null ? (canonical, true)
            : output.Kind == PromptValueKind.String ? (value!.Text, false)
            : (canonical, false);
    }

    [LoggerMessage(10, LogLevel.Warning, "The fallback has not answered the prompt {Prompt} in the form of its outputs; the answer of the model stands")]
    private static partial void LogInvalid(ILogger logger, string prompt);

    [LoggerMessage(11, LogLevel.Warning, "The fallback has failed for the prompt {Prompt}; the answer of the model stands")]
    private static partial void LogFailed(ILogger logger, Exception exception, string prompt);
}
