using System.Runtime.CompilerServices;

namespace EdgeBuild.Runtime;

/// <content>Many rows in groups.</content>
public sealed partial class EdgePromptClient
{
    /// <summary>
    /// Answers the prompt for many rows, <see cref="EdgeClientOptions.RowsPerBatch"/> of them at once, in their order. The groups
    /// depend on the rows and the options alone, so that the same list has the same answers bit for bit.
    /// </summary>
    /// <remarks>
    /// The probabilities are those of a single call but for rounding: llama.cpp sums attention in another way when a
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
        var predictions = new List<EdgePrediction>(rows.Count);
        await foreach (EdgePrediction[] group in PredictGroupsAsync(RowSource.From(rows), null, cancellationToken).ConfigureAwait(false))
        {
            predictions.AddRange(group);
            progress?.Report(predictions.Count);
        }

        return predictions;
    }

    /// <summary>Answers the prompt for many rows, one after another as they are computed, in groups as <see cref="PredictManyAsync"/>.</summary>
    /// <param name="rows">The inputs of each row. A group of them is read ahead, never more.</param>
    /// <param name="options">How the rows are answered; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work, also while the model computes.</param>
    /// <returns>One answer per row, in their order.</returns>
    public IAsyncEnumerable<EdgePrediction> PredictStreamAsync(
        IEnumerable<IReadOnlyList<string>> rows, EdgeCallOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return Flatten(PredictGroupsAsync(RowSource.From(rows), options, cancellationToken), CancellationToken.None);
    }

    /// <summary>Answers the prompt for many rows, one after another as they are computed, in groups as <see cref="PredictManyAsync"/>.</summary>
    /// <remarks>
    /// A group is answered when its last row has come: with <see cref="EdgeClientOptions.RowsPerBatch"/> 1 every row is answered
    /// as soon as it comes.
    /// </remarks>
    /// <param name="rows">The inputs of each row. A group of them is read ahead, never more.</param>
    /// <param name="options">How the rows are answered; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work, also while the model computes.</param>
    /// <returns>One answer per row, in their order.</returns>
    public IAsyncEnumerable<EdgePrediction> PredictStreamAsync(
        IAsyncEnumerable<IReadOnlyList<string>> rows, EdgeCallOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return Flatten(PredictGroupsAsync(rows, options, cancellationToken), CancellationToken.None);
    }

    private static async IAsyncEnumerable<EdgePrediction> Flatten(
        IAsyncEnumerable<EdgePrediction[]> groups, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (EdgePrediction[] group in groups.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            foreach (EdgePrediction prediction in group)
            {
                yield return prediction;
            }
        }
    }

    private async IAsyncEnumerable<EdgePrediction[]> PredictGroupsAsync(
        IAsyncEnumerable<IReadOnlyList<string>> rows, EdgeCallOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CallSettings settings = Prepare(options);
        CallLane lane = LaneOf(settings);
        if (lane.Rows > 1)
        {
            // Only bulk work needs a context of this size; single calls have the same answers in it.
            _host.Enlarge(_prefixKey, lane.Plan.BatchCapacity(_encoder, lane.Rows, settings));
        }

        var waiting = new List<(IReadOnlyList<string> Inputs, EncodedPrompt Prompt)>();
        await using IAsyncEnumerator<IReadOnlyList<string>> source = rows.GetAsyncEnumerator(cancellationToken);
        bool more = true;
        while (true)
        {
            while (more && waiting.Count < lane.Rows && (more = await source.MoveNextAsync().ConfigureAwait(false)))
            {
                waiting.Add((source.Current, _encoder.Encode(source.Current)));
            }

            if (waiting.Count == 0)
            {
                yield break;
            }

            EncodedPrompt[] group = [.. waiting.Select(row => row.Prompt)];
            group = group[..lane.Plan.NextGroup(group, lane.Rows, settings)];
            IReadOnlyList<string>[] inputs = [.. waiting.Take(group.Length).Select(row => row.Inputs)];
            waiting.RemoveRange(0, group.Length);

            // Between two groups other callers have their turn.
            yield return await LinkAsync(token => AnswerGroupAsync(inputs, group, settings, token), cancellationToken, settings.Timeout).ConfigureAwait(false);
        }
    }

    private async Task<EdgePrediction[]> AnswerGroupAsync(
        IReadOnlyList<string>[] inputs, EncodedPrompt[] group, CallSettings settings, CancellationToken cancellationToken)
    {
        using CallTelemetry telemetry = CallTelemetry.Start(Model, _encoder.Prompt.Document.Name);
        return await telemetry.ObserveAsync(async () =>
        {
            EdgePrediction[] answers = await _host.RunAsync(context => AnswerTogether(context, group, settings, cancellationToken), cancellationToken).ConfigureAwait(false);
            ConfidenceRule rule = LaneOf(settings).Confidence;
            return await Task.WhenAll(answers.Zip(inputs, (answer, row) => _policy.ApplyAsync(rule, row, answer, settings, cancellationToken))).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }
}
