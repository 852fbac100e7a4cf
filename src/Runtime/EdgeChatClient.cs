using System.Runtime.CompilerServices;

using EdgeBuild.Contracts;
using EdgeBuild.Prompts;
using EdgeBuild.Runtime.Chat;

using Microsoft.Extensions.AI;

namespace EdgeBuild.Runtime;

/// <summary>
/// A chat client over a GGUF model in this process, for any conversation: streaming, functions, structured output by JSON schema, usage. What the
/// answer may be is held by the decoder, so that JSON always parses and no function is called that does not exist. It shares the loaded model with
/// the typed clients of the same file. Used by any number of threads at once, whose calls run one after another.
/// </summary>
public sealed class EdgeChatClient : IChatClient, IEdgeClient
{
    private const int DefaultOutputTokens = 512;
    private const int SmallestInput = 16;
    private const int RememberedPrefixes = 4;

    private readonly EdgeModelHost _host;
    private readonly ChatFormat _format;
    private readonly ChatClientMetadata _metadata;
    private readonly CancellationTokenSource _disposing = new();
    private readonly Lock _lock = new();
    private readonly List<string> _prefixes = [];
    private readonly string _capacityKey = "chat " + NewId();
    private readonly int _contextLength;
    private int _disposed;

    private EdgeChatClient(EdgeModelHost host, ChatFormat format, string model, int contextLength)
    {
        _host = host;
        _format = format;
        _contextLength = contextLength;
        host.Register(_capacityKey, new ContextCapacity(0, contextLength, 1, 1, 1));
        _metadata = new ChatClientMetadata(EdgeTelemetry.ProviderName, defaultModelId: model);
    }

    /// <summary>Opens a model.</summary>
    /// <param name="options">
    /// Where the model file is, and how it is run. Its manifest is read when it lies beside the file; a GGUF file from elsewhere needs none.
    /// </param>
    /// <param name="contextLength">The number of tokens that conversation and answer have together; fewer where the model was trained for fewer.</param>
    /// <returns>The client.</returns>
    /// <exception cref="EdgeModelException">
    /// EDGE3003: the file is missing or not that of its manifest; EDGE4001: it is no valid GGUF file; EDGE4002: it cannot be run; EDGE4005: the
    /// native libraries are missing; EDGE4007: its chat format is not known.
    /// </exception>
    public static EdgeChatClient Open(EdgeClientOptions options, int contextLength = 2048)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(contextLength, 128);
        string modelPath = options.ModelPath ?? throw new ArgumentException("ModelPath is not set. Give the path of a GGUF file.", nameof(options));
        return ExceptionTranslation.Run(() => OpenModel(modelPath, options, contextLength));
    }

    private static EdgeChatClient OpenModel(string modelPath, EdgeClientOptions options, int contextLength)
    {
        string manifestPath = EdgeManifest.PathFor(modelPath);
        EdgeManifest? manifest = options.Manifest ?? (File.Exists(manifestPath) ? EdgeManifest.Load(manifestPath) : null);
        EdgeModelHost host = EdgeModelHost.Acquire(modelPath, manifest?.Files is [EdgeManifestFile file, ..] ? file : null, options);
        try
        {
            string name = manifest?.Model ?? Path.GetFileNameWithoutExtension(modelPath);
            ChatFormat format = PromptBinding.FindChatFormat(manifest ?? new EdgeManifest { Model = name }, host.Model, manifestPath);
            int length = Math.Min(contextLength, Math.Min(host.Model.TrainedContextLength, host.Model.ContextLimit ?? int.MaxValue));
            return new EdgeChatClient(host, format, name, length);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="EdgeModelException">
    /// EDGE2005: system message and answer leave no room for the conversation; EDGE3020: the request asks for something that the model cannot be held to.
    /// </exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatRequest request = Read(messages, options);
        EdgePrediction prediction = await AnswerAsync(request, options, null, cancellationToken).ConfigureAwait(false);
        AIContent content = Content(request, prediction);
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, [content]) { MessageId = NewId() })
        {
            ResponseId = NewId(),
            ConversationId = options?.ConversationId,
            CreatedAt = DateTimeOffset.UtcNow,
            ModelId = _metadata.DefaultModelId,
            FinishReason = FinishReason(prediction, content),
            Usage = Usage(prediction),
            AdditionalProperties = Cut(prediction),
        };
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatRequest request = Read(messages, options);
        string responseId = NewId();
        string messageId = NewId();
        EdgePrediction? prediction = null;
        IAsyncEnumerable<string> pieces = TextStream.ReadAsync(
            async (piece, token) => prediction = await AnswerAsync(request, options, piece, token).ConfigureAwait(false), cancellationToken);
        await foreach (string piece in pieces.ConfigureAwait(false))
        {
            yield return Update(new TextContent(piece));
        }

        // JSON is told whole: a part of it is of no use.
        AIContent? whole = request.IsText ? null : Content(request, prediction!);
        if (whole is not null)
        {
            yield return Update(whole);
        }

        ChatResponseUpdate last = Update(new UsageContent(Usage(prediction!)));
        last.FinishReason = FinishReason(prediction!, whole);
        last.AdditionalProperties = Cut(prediction!);
        yield return last;

        ChatResponseUpdate Update(AIContent content) => new(ChatRole.Assistant, [content])
        {
            ResponseId = responseId,
            MessageId = messageId,
            ConversationId = options?.ConversationId,
            CreatedAt = DateTimeOffset.UtcNow,
            ModelId = _metadata.DefaultModelId,
        };
    }

    /// <inheritdoc/>
    public Task WarmUpAsync(CancellationToken cancellationToken = default)
    {
        ChatRequest request = Read([new ChatMessage(ChatRole.User, string.Empty)], null);
        return LinkAsync(token => ComputeAsync(request, new ChatOptions { MaxOutputTokens = 1 }, null, token), cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Ends running calls; the last client of a model file frees the model.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _disposing.Cancel();
            lock (_lock)
            {
                _prefixes.ForEach(_host.Unregister);
                _prefixes.Clear();
                _host.Unregister(_capacityKey);
            }

            _host.Dispose();
            _disposing.Dispose();
        }
    }

    private static string NewId() => Guid.NewGuid().ToString("N");

    private static AIContent Content(ChatRequest request, EdgePrediction prediction)
    {
        string text = prediction.Fields[0].Text;
        bool bare = !request.IsText && request.Output is { Kind: PromptValueKind.String, Required: true };
        return request.Tools?.Read(text) ?? new TextContent(bare ? $"\"{AnswerText.EscapeJson(text)}\"" : text);
    }

    private static ChatFinishReason FinishReason(EdgePrediction prediction, AIContent? content) =>
        content is FunctionCallContent ? ChatFinishReason.ToolCalls : prediction.OutputTruncated ? ChatFinishReason.Length : ChatFinishReason.Stop;

    private static UsageDetails Usage(EdgePrediction prediction) => new()
    {
        InputTokenCount = prediction.PromptTokens,
        OutputTokenCount = prediction.OutputTokens,
        TotalTokenCount = prediction.PromptTokens + prediction.OutputTokens,
        CachedInputTokenCount = prediction.CachedTokens,
    };

    private static AdditionalPropertiesDictionary? Cut(EdgePrediction prediction) =>
        prediction.InputTruncated ? new AdditionalPropertiesDictionary { ["inputTruncated"] = true } : null;

    private ChatRequest Read(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return ChatRequest.Read(messages, options);
    }

    private async Task<EdgePrediction> AnswerAsync(ChatRequest request, ChatOptions? options, Action<string>? piece, CancellationToken cancellationToken)
    {
        using CallTelemetry telemetry = CallTelemetry.Start(_metadata.DefaultModelId!, "chat");
        return await LinkAsync(
            token => telemetry.ObserveAsync(() => ComputeAsync(request, options, piece, token)), cancellationToken).ConfigureAwait(false);
    }

    private async Task<EdgePrediction> LinkAsync(Func<CancellationToken, Task<EdgePrediction>> work, CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        try
        {
            return await work(linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException) when (_disposed != 0)
        {
            throw new ObjectDisposedException(nameof(EdgeChatClient));
        }
        catch (Exception exception) when (ExceptionTranslation.IsForeign(exception))
        {
            throw ExceptionTranslation.Translate(exception);
        }
    }

    private async Task<EdgePrediction> ComputeAsync(ChatRequest request, ChatOptions? options, Action<string>? piece, CancellationToken cancellationToken)
    {
        int output = Math.Min(options?.MaxOutputTokens ?? DefaultOutputTokens, _contextLength / 2);
        (PromptEncoder encoder, CompletionPlan plan) = await Task.Run(() => Plan(request, output), cancellationToken).ConfigureAwait(false);
        CallSettings settings = CallSettings.From(ToCallOptions(options, output), request.IsText ? piece : null, stops: options?.StopSequences);
        var lane = new CallLane(_host, Register(encoder, plan, settings), encoder, plan, 1, null);
        EncodedPrompt prompt = encoder.Encode([.. request.Turns.Select(turn => turn.Text)]);
        return await lane.AnswerAsync(new AnswerCall(prompt, settings, cancellationToken)).ConfigureAwait(false);
    }

    private (PromptEncoder Encoder, CompletionPlan Plan) Plan(ChatRequest request, int output)
    {
        // The fixed text first: what it leaves is for the turns.
        PromptEncoder bare = Encoder(request, 0);
        int nested = request.IsText ? output : Math.Min(CompletionPlanner.MaximumNestedTokens, _contextLength / 2);
        int left = _contextLength - bare.PrefixTokens.Length - bare.MaximumCallTokens - nested;
        if (left < SmallestInput)
        {
            throw new EdgeModelException(
                ErrorCodes.ContextExceeded,
                $"System message, functions and answer take {_contextLength - left} of the {_contextLength} tokens of the chat's context, so that the conversation has no room. Shorten them, lower MaxOutputTokens, or open the client with a longer context.");
        }

        PromptEncoder encoder = Encoder(request, left);
        return (encoder, CompletionPlanner.Plan(
            encoder, _host.Pieces, new Dictionary<string, double>(), _contextLength, contextLimit: _host.Model.ContextLimit));
    }

    private PromptEncoder Encoder(ChatRequest request, int maxInputTokens)
    {
        PromptDocument document = ChatConversation.ToDocument(request.System, request.Turns, request.Output, maxInputTokens);
        return new PromptEncoder(_host.Model.Vocabulary, CompiledPrompt.Compile(document, LabelSet.From(document, null), _format));
    }

    // The beginning of a conversation is kept for its next turns and for others with the same system message.
    private string Register(PromptEncoder encoder, CompletionPlan plan, CallSettings settings)
    {
        string prefix = InferenceContext.PrefixKey(encoder.PrefixTokens.Span);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);

            // What calls need stays announced: one of a prefix that was forgotten meanwhile may still wait for its turn.
            _host.Enlarge(_capacityKey, plan.Capacity(encoder, settings));
            if (!_prefixes.Remove(prefix))
            {
                _host.Register(prefix, default);
                if (_prefixes.Count == RememberedPrefixes)
                {
                    _host.Unregister(_prefixes[0]);
                    _prefixes.RemoveAt(0);
                }
            }

            _prefixes.Add(prefix);
            return prefix;
        }
    }

    private static EdgeCallOptions ToCallOptions(ChatOptions? options, int output) => new()
    {
        MaxTokens = output,
        Temperature = options?.Temperature,
        TopP = options?.TopP is float mass and > 0 ? mass : null,
        TopK = options?.TopK,
        Seed = options?.Seed is long seed ? unchecked((int)seed) : null,
    };
}
