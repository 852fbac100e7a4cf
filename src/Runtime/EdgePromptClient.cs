using EdgeBuild.Contracts;

using Microsoft.Extensions.AI;

namespace EdgeBuild.Runtime;

/// <summary>
/// Answers one prompt with one model. Generated clients wrap it; it can be used by any number of threads at once, whose calls
/// run one after another. Clients of the same model file share the loaded model.
/// </summary>
public sealed partial class EdgePromptClient : IDisposable
{
    private readonly EdgeModelHost _host;
    private readonly PromptEncoder _encoder;
    private readonly string _prefixKey;
    private readonly CallLane? _lane;
    private readonly AdapterLanes _adapters;
    private readonly CancellationTokenSource _disposing = new();
    private readonly ConfidencePolicy _policy;
    private readonly bool _recordsText;
    private volatile bool _rehearsed;
    private int _disposed;

    private EdgePromptClient(
        EdgeModelHost host, PromptEncoder encoder, string prefixKey, CallLane? lane, AdapterLanes adapters, string model, EdgeClientOptions options)
    {
        FallbackRoute? fallback = options.Fallback is IChatClient other ? new FallbackRoute(other, encoder.Prompt, options.Logger ?? host.Logger) : null;
        _policy = new ConfidencePolicy(options.RequiredPrecision, fallback);
        _recordsText = options.EnableSensitiveData;
        Model = model;
        _host = host;
        _encoder = encoder;
        _prefixKey = prefixKey;
        _lane = lane;
        _adapters = adapters;
    }

    /// <summary>
    /// Gets how many answers of calls that name no adapter are confident at <see cref="EdgeClientOptions.RequiredPrecision"/>, as the build has
    /// measured it on the test rows; empty when it has not.
    /// </summary>
    public IReadOnlyList<EdgeCoverage> Coverage => _lane?.Confidence.Coverage(_policy.Precision) ?? [];

    /// <summary>Gets the memory that the model takes, all clients of its file together.</summary>
    public EdgeModelMemory Memory => _host.Memory;

    /// <summary>Gets the name of the model.</summary>
    internal string Model { get; }

    /// <summary>Gets the loaded model.</summary>
    internal EdgeModelHost Host => _host;

    /// <summary>Gets what turns the prompt into tokens.</summary>
    internal PromptEncoder Encoder => _encoder;

    /// <summary>Gets how the answers of calls that name no adapter are found.</summary>
    internal CompletionPlan Plan => FindLane(null).Plan;

    /// <summary>
    /// Waits until the next call is as fast as later ones. <see cref="Open"/> has begun in the background what is needed for
    /// that: the inference context, the constant part of the prompt, and a call without input, which reads all weights once.
    /// </summary>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>A task that ends when the client is warm, or when a call has come before that.</returns>
    public async Task WarmUpAsync(CancellationToken cancellationToken = default)
    {
        if (_lane is not { } lane)
        {
            // Which adapter will be called is not known.
            return;
        }

        await RunAsync<object?>(
            (context, token) =>
            {
                lane.Prefix(context, token);
                return null;
            },
            cancellationToken).ConfigureAwait(false);
        await LinkAsync<object?>(
            async token =>
            {
                await _host.RunIdleAsync(Rehearse, token).ConfigureAwait(false);
                return null;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Answers the prompt.</summary>
    /// <param name="inputs">The inputs as text, in the order of the prompt file.</param>
    /// <param name="cancellationToken">Ends the call, also while the model computes.</param>
    /// <returns>The answer with probabilities.</returns>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public ValueTask<EdgePrediction> PredictAsync(IReadOnlyList<string> inputs, CancellationToken cancellationToken) =>
        PredictAsync(inputs, null, cancellationToken);

    /// <summary>Answers the prompt in a way that the call chooses.</summary>
    /// <param name="inputs">The inputs as text, in the order of the prompt file.</param>
    /// <param name="options">How the call is answered; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the call, also while the model computes.</param>
    /// <returns>The answer with probabilities.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option has a value that makes no sense.</exception>
    /// <exception cref="EdgeModelException">
    /// EDGE2005: the answer may become longer than the model was trained for; EDGE3003: there is no such adapter; EDGE3021: the model failed;
    /// EDGE3022: <see cref="EdgeCallOptions.Timeout"/> is over.
    /// </exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public async ValueTask<EdgePrediction> PredictAsync(
        IReadOnlyList<string> inputs, EdgeCallOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return await PredictOneAsync(inputs, Prepare(options), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Answers a prompt whose only output is free text, piece by piece while the model writes.</summary>
    /// <remarks>
    /// A piece never ends within a character. All pieces together are the text that <see cref="PredictAsync(IReadOnlyList{string}, EdgeCallOptions?, CancellationToken)"/>
    /// answers. Who stops reading ends the call.
    /// </remarks>
    /// <param name="inputs">The inputs as text, in the order of the prompt file.</param>
    /// <param name="options">How the call is answered; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the call, also while the model computes.</param>
    /// <returns>The pieces.</returns>
    /// <exception cref="InvalidOperationException">The answer of the prompt is not one free text.</exception>
    public IAsyncEnumerable<string> StreamAsync(
        IReadOnlyList<string> inputs, EdgeCallOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return FindLane(options?.Adapter).Plan.Steps is [{ Kind: CompletionStep.ValueKind.Text }]
            ? TextStream.ReadAsync((piece, token) => PredictOneAsync(inputs, Prepare(options, piece), token), cancellationToken)
            : throw new InvalidOperationException(
                $"The prompt '{_encoder.Prompt.Document.Name}' does not answer with one free text, so that there are no pieces to read. Call PredictAsync.");
    }

    /// <summary>Ends a running call of this client; the last client of a model file frees the model.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _disposing.Cancel();
            _host.Unregister(_prefixKey);
            _host.Dispose();
            _disposing.Dispose();
        }
    }

    private CallLane LaneOf(CallSettings settings) => settings.Lane ?? FindLane(null);

    private CallSettings Prepare(EdgeCallOptions? options, Action<string>? piece = null)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        CallLane lane = FindLane(options?.Adapter);
        CallSettings settings = CallSettings.From(options, piece, lane);
        if (settings.MaximumTextTokens is not null)
        {
            PromptBinding.CheckContext(lane.Plan, _encoder, settings, _host.Model);
            _host.Enlarge(_prefixKey, lane.Plan.Capacity(_encoder, settings));
        }

        return settings;
    }

    private CallLane FindLane(string? adapter) => adapter is null && _lane is not null ? _lane : _adapters.Find(adapter);

    private Task<EdgePrediction> PredictOneAsync(IReadOnlyList<string> inputs, CallSettings settings, CancellationToken cancellationToken) =>
        LinkAsync(
            async token =>
            {
                using CallTelemetry telemetry = CallTelemetry.Start(Model, _encoder.Prompt.Document.Name, _recordsText ? inputs : null);
                return await telemetry.ObserveAsync(async () =>
                {
                    // Tokenizing takes a while for long inputs, and belongs to no thread of the app's interface.
                    EncodedPrompt prompt = await Task.Run(() => _encoder.Encode(inputs), token).ConfigureAwait(false);
                    CallLane lane = LaneOf(settings);
                    EdgePrediction prediction = await lane.AnswerAsync(new AnswerCall(prompt, settings, token)).ConfigureAwait(false);
                    _rehearsed = true;
                    return await _policy.ApplyAsync(lane.Confidence, inputs, prediction, settings, token).ConfigureAwait(false);
                }).ConfigureAwait(false);
            },
            cancellationToken,
            settings.Timeout);

    private EdgePrediction[] AnswerTogether(InferenceContext context, EncodedPrompt[] prompts, CallSettings settings, CancellationToken cancellationToken)
    {
        AnswerCall[] calls = [.. prompts.Select(prompt => new AnswerCall(prompt, settings, cancellationToken))];
        CallLane lane = LaneOf(settings);
        ContextCapacity limits = calls.Length > 1 ? lane.Plan.BatchCapacity(_encoder, lane.Rows, settings) : lane.Plan.Capacity(_encoder, settings);
        lane.AnswerTogether(context, calls, limits, cancellationToken);
        return [.. calls.Select(call => call.Completion.GetAwaiter().GetResult())];
    }

    private void Rehearse(InferenceContext context, CancellationToken cancellationToken)
    {
        if (!_rehearsed)
        {
            string[] inputs = [.. _encoder.Prompt.Document.Inputs.Select(_ => string.Empty)];
            AnswerTogether(context, [_encoder.Encode(inputs)], CallSettings.Default, cancellationToken);
            _rehearsed = true;
        }
    }

    private async Task WarmUpInBackgroundAsync()
    {
        try
        {
            await WarmUpAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or EdgeModelException)
        {
            // What went wrong for another reason than the end of the client goes wrong in the first call as well, which tells it.
        }
    }

    private Task<T> RunAsync<T>(
        Func<InferenceContext, CancellationToken, T> work, CancellationToken cancellationToken, TimeSpan? timeout = null) =>
        LinkAsync(token => _host.RunAsync(context => work(context, token), token), cancellationToken, timeout);

    private async Task<T> LinkAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken, TimeSpan? timeout = null)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        if (timeout is TimeSpan time)
        {
            linked.CancelAfter(time);
        }

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
            throw new ObjectDisposedException(nameof(EdgePromptClient));
        }
        catch (OperationCanceledException exception) when (timeout is not null)
        {
            throw new EdgeModelException(
                ErrorCodes.CallTimedOut,
                $"The model did not answer within {timeout}, the wait for other calls included. Allow more time, send fewer calls at once, or shorten inputs and answers.",
                innerException: new TimeoutException(null, exception));
        }
        catch (Exception exception) when (ExceptionTranslation.IsForeign(exception))
        {
            throw ExceptionTranslation.Translate(exception);
        }
    }
}
