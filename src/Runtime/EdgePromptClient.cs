using System.Diagnostics;
using System.Globalization;

using EdgeBuild.Contracts;
using EdgeBuild.Prompts;

namespace EdgeBuild.Runtime;

/// <summary>
/// Answers one prompt with one model. Generated clients wrap it; it can be used by any number of threads at once, whose calls
/// run one after another. Clients of the same model file share the loaded model.
/// </summary>
public sealed class EdgePromptClient : IDisposable
{
    private readonly EdgeModelHost _host;
    private readonly PromptEncoder _encoder;
    private readonly CompletionPlan _plan;
    private readonly string _prefixKey;
    private readonly CancellationTokenSource _disposing = new();
    private readonly int _rowsPerBatch;
    private volatile bool _rehearsed;
    private int _disposed;

    private EdgePromptClient(EdgeModelHost host, PromptEncoder encoder, CompletionPlan plan, int rowsPerBatch)
    {
        _rowsPerBatch = plan.LargestGroup(rowsPerBatch);
        _host = host;
        _encoder = encoder;
        _plan = plan;

        // The state of a prefix depends on the model and on nothing but its tokens.
        _prefixKey = string.Join(',', encoder.PrefixTokens.ToArray().Select(token => token.ToString(CultureInfo.InvariantCulture)));
        _host.Register(_prefixKey, plan.Capacity(encoder));
    }

    /// <summary>Gets the loaded model.</summary>
    internal EdgeModelHost Host => _host;

    /// <summary>Gets what turns the prompt into tokens.</summary>
    internal PromptEncoder Encoder => _encoder;

    /// <summary>Gets how the answers are found.</summary>
    internal CompletionPlan Plan => _plan;

    /// <summary>
    /// Opens the model that answers a prompt, and begins to prepare the first call in the background; a call that comes sooner
    /// waits for what it needs only.
    /// </summary>
    /// <param name="definition">The prompt that the client was compiled with.</param>
    /// <param name="options">How the model is found and run.</param>
    /// <returns>The client.</returns>
    /// <exception cref="EdgeBuildException">
    /// EDGE3003: the model or its manifest is missing, damaged or of another build than the client; EDGE4001: the file is no
    /// valid GGUF file; EDGE4005: the native libraries are missing; EDGE4007: the chat format is not known.
    /// </exception>
    public static EdgePromptClient Open(PromptDefinition definition, EdgeClientOptions options)
    {
        string modelPath = options.ModelPath ?? Path.Combine(AppContext.BaseDirectory, "edge", definition.Model + ".gguf");
        string manifestPath = EdgeManifest.PathFor(modelPath);
        EdgeManifest manifest = options.Manifest ?? EdgeManifest.Load(manifestPath);
        EdgeManifestPrompt prompt = FindPrompt(definition, manifest, manifestPath);
        EdgeModelHost host = EdgeModelHost.Acquire(modelPath, manifest.Files is [EdgeManifestFile file, ..] ? file : null, options);
        try
        {
            ChatFormat format = FindChatFormat(manifest, host, manifestPath);
            var encoder = new PromptEncoder(host.Model.Vocabulary, Compile(definition, format));
            CompletionPlan plan = CompletionPlan.Create(encoder, host.Model.Vocabulary.Count, prompt.Temperatures);
            CheckContext(plan.MaximumTokens(encoder), host, definition);
            var client = new EdgePromptClient(host, encoder, plan, options.RowsPerBatch);
            _ = client.WarmUpInBackgroundAsync();
            return client;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Waits until the next call is as fast as later ones. <see cref="Open"/> has begun in the background what is needed for
    /// that: the inference context, the constant part of the prompt, and a call without input, which reads all weights once.
    /// </summary>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>A task that ends when the client is warm, or when a call has come before that.</returns>
    public async Task WarmUpAsync(CancellationToken cancellationToken = default)
    {
        await RunAsync<object?>(
            (context, token) =>
            {
                context.PrefixSequence(_prefixKey, _encoder.PrefixTokens.Span, token);
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
    public async ValueTask<EdgePrediction> PredictAsync(IReadOnlyList<string> inputs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return await RunAsync(
            (context, token) =>
            {
                long start = Stopwatch.GetTimestamp();
                EdgePrediction prediction = Predict(context, [_encoder.Encode(inputs)], start, token)[0];
                _rehearsed = true;
                return prediction;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Answers the prompt for many rows, <see cref="EdgeClientOptions.RowsPerBatch"/> of them at once, in their order. The groups
    /// depend on the rows and the options alone, so that the same list has the same answers bit for bit.
    /// </summary>
    /// <remarks>
    /// The probabilities are those of <see cref="PredictAsync"/> but for rounding: llama.cpp sums attention in another way when a
    /// batch has 64 tokens or more, and rounds activations to 8 bits before every product with a quantized weight, so that a
    /// last digit may become a rounding step. Measured with a fine-tuned 135M model in Q8_0 (48 tickets, 10 labels and a Boolean):
    /// the probability of a label differs by 0.003 on average and 0.08 at most, so that answers change only between labels that
    /// are almost equally probable. A single call differs from a decode of the whole prompt in one batch by as much.
    /// With <see cref="EdgeClientOptions.RowsPerBatch"/> 1 the answers are those of single calls bit for bit.
    /// <see cref="EdgePrediction.Elapsed"/> of a row is its share of the time of its group.
    /// </remarks>
    /// <param name="rows">The inputs of each row, in the order of the prompt file.</param>
    /// <param name="progress">Is told the number of finished rows, after every group.</param>
    /// <param name="cancellationToken">Ends the work, also while the model computes.</param>
    /// <returns>One answer per row.</returns>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public async Task<IReadOnlyList<EdgePrediction>> PredictManyAsync(
        IReadOnlyList<IReadOnlyList<string>> rows, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (_rowsPerBatch > 1)
        {
            // Only bulk work needs a context of this size; single calls have the same answers in it.
            _host.Enlarge(_prefixKey, _plan.BatchCapacity(_encoder, _rowsPerBatch));
        }

        var predictions = new List<EdgePrediction>(rows.Count);
        while (predictions.Count < rows.Count)
        {
            // Between two groups other callers have their turn.
            predictions.AddRange(await RunAsync(
                (context, token) => PredictGroup(context, rows, predictions.Count, token), cancellationToken).ConfigureAwait(false));
            progress?.Report(predictions.Count);
        }

        return predictions;
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

    private static EdgeManifestPrompt FindPrompt(PromptDefinition definition, EdgeManifest manifest, string manifestPath)
    {
        EdgeManifestPrompt prompt = manifest.FindPrompt(definition.Name) ?? throw new EdgeBuildException(
            ErrorCodes.ArtifactInvalid,
            $"The model '{manifest.Model}' was not built for the prompt '{definition.Name}'. Rebuild the project, and deploy the edge folder of the same build as the app.",
            manifestPath);
        if (!string.Equals(prompt.Hash, definition.Hash, StringComparison.OrdinalIgnoreCase))
        {
            throw new EdgeBuildException(
                ErrorCodes.ArtifactInvalid,
                $"The model '{manifest.Model}' was built for another version of the prompt '{definition.Name}' than the app. Rebuild the project, and deploy the edge folder of the same build as the app.",
                manifestPath);
        }

        return prompt;
    }

    private static ChatFormat FindChatFormat(EdgeManifest manifest, EdgeModelHost host, string manifestPath)
    {
        if (manifest.ChatFormat is string id)
        {
            return ChatFormat.FromId(id) ?? throw new EdgeBuildException(
                ErrorCodes.UnknownChatFormat, $"The manifest names the chat format '{id}', which this app does not know. Update the EdgeBuild package of the app and build it again.", manifestPath);
        }

        return ChatFormat.Detect(host.Model.GetMetadata("tokenizer.chat_template")) ?? throw new EdgeBuildException(
            ErrorCodes.UnknownChatFormat, "The chat format of the model is not known. Use a base model of one of the supported families.", manifestPath);
    }

    /// <summary>Compiles what a generated client knows of its prompt.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="format">The chat format of the model.</param>
    /// <returns>The prompt as segments.</returns>
    /// <exception cref="EdgeBuildException">The definition is of another version of EdgeBuild.</exception>
    internal static CompiledPrompt Compile(PromptDefinition definition, ChatFormat format)
    {
        PromptParseResult parsed = PromptDocument.Parse(definition.Name + ".prompty", definition.Source);
        if (parsed.Document is not PromptDocument document)
        {
            Diagnostic error = parsed.Diagnostics.First(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
            throw new EdgeBuildException(error.Code, error.Message, error.Path, error.Position);
        }

        CompiledPrompt compiled = CompiledPrompt.Compile(document, LabelSet.From(document, definition.Labels), format);
        return string.Equals(compiled.Hash, definition.Hash, StringComparison.OrdinalIgnoreCase)
            ? compiled
            : throw new EdgeBuildException(
                ErrorCodes.ArtifactInvalid,
                $"The client of the prompt '{definition.Name}' was generated by another version of EdgeBuild than the one it runs with. Rebuild the project.");
    }

    private static void CheckContext(int needed, EdgeModelHost host, PromptDefinition definition)
    {
        if (needed > host.Model.TrainedContextLength)
        {
            throw new EdgeBuildException(
                ErrorCodes.ContextExceeded,
                $"The prompt '{definition.Name}' may need {needed} tokens, the model was trained for {host.Model.TrainedContextLength}. Shorten the prompt or lower metadata.edge.maxInputTokens.");
        }
    }

    private EdgePrediction[] PredictGroup(
        InferenceContext context, IReadOnlyList<IReadOnlyList<string>> rows, int first, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        EncodedPrompt[] prompts = [.. rows.Skip(first).Take(_rowsPerBatch).Select(_encoder.Encode)];
        return Predict(context, prompts[.._plan.NextGroup(prompts, _rowsPerBatch)], start, cancellationToken);
    }

    private EdgePrediction[] Predict(InferenceContext context, EncodedPrompt[] prompts, long start, CancellationToken cancellationToken)
    {
        int prefix = context.PrefixSequence(_prefixKey, _encoder.PrefixTokens.Span, cancellationToken);
        using var decoder = new CompletionDecoder(context, _host.Pieces, prefix, prompts, cancellationToken);
        FieldPrediction[][] fields = decoder.Decode(_plan);
        TimeSpan share = Stopwatch.GetElapsedTime(start) / prompts.Length;
        return [.. prompts.Zip(fields, (prompt, values) =>
            new EdgePrediction(values, prompt.Truncated, share, prompt.Tokens.Length, prompt.PrefixLength))];
    }

    private void Rehearse(InferenceContext context, CancellationToken cancellationToken)
    {
        if (!_rehearsed)
        {
            string[] inputs = [.. _encoder.Prompt.Document.Inputs.Select(_ => string.Empty)];
            Predict(context, [_encoder.Encode(inputs)], Stopwatch.GetTimestamp(), cancellationToken);
            _rehearsed = true;
        }
    }

    private async Task WarmUpInBackgroundAsync()
    {
        try
        {
            await WarmUpAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or EdgeBuildException or InvalidOperationException)
        {
            // What went wrong for another reason than the end of the client goes wrong in the first call as well, which tells it.
        }
    }

    private Task<T> RunAsync<T>(Func<InferenceContext, CancellationToken, T> work, CancellationToken cancellationToken) =>
        LinkAsync(token => _host.RunAsync(context => work(context, token), token), cancellationToken);

    private async Task<T> LinkAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
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
            throw new ObjectDisposedException(nameof(EdgePromptClient));
        }
    }
}
