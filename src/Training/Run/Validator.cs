namespace EdgeBuild.Training;

/// <summary>Measures losses without gradients.</summary>
/// <param name="model">The base model.</param>
/// <param name="lora">The adapter.</param>
/// <param name="batchSize">Rows at once.</param>
/// <param name="tokensPerPass">The most tokens at once.</param>
/// <param name="tokenLossWeight">The weight of the loss over tokens beside that over labels.</param>
internal sealed class Validator(BaseModel model, LoraState lora, int batchSize, int tokensPerPass, double tokenLossWeight) : IDisposable
{
    /// <summary>The most tokens at once, whatever is asked for.</summary>
    public const int TokensAtOnce = 4096;

    private readonly TransformerPass _pass = new(model, lora, keepActivations: false);

    /// <summary>Computes the mean loss of rows.</summary>
    /// <param name="examples">The rows.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>Weighted cross entropy per unit of weight, of tokens and of labels, added up as in a step; and the share of wrong labels.</returns>
    public (double Loss, double ErrorRate) Loss(IReadOnlyList<TrainingExample> examples, CancellationToken cancellationToken)
    {
        var scale = LossScale.For(examples, tokenLossWeight);
        double loss = 0;
        int labels = 0;
        int wrong = 0;
        foreach (TrainingExample[] rows in examples.Chunk(batchSize))
        {
            foreach (IReadOnlyList<TrainingExample> part in StepPlan.Split(rows, Math.Min(TokensAtOnce, tokensPerPass)))
            {
                TokenBatch batch = TokenBatch.Create(part);
                if (batch.Targets.Length > 0)
                {
                    BatchLosses losses = _pass.Loss(batch, cancellationToken);
                    loss += losses.Sum(scale);
                    labels += batch.Labels.Count;
                    wrong += losses.WrongLabels;
                }
            }
        }

        return (loss, labels > 0 ? (double)wrong / labels : 0);
    }

    /// <summary>Computes the loss of each row.</summary>
    /// <param name="examples">The rows.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>Weighted cross entropy, summed over the labels of each row, or over its completion when no label head answers it.</returns>
    public double[] Losses(IReadOnlyList<TrainingExample> examples, CancellationToken cancellationToken)
    {
        var losses = new double[examples.Count];
        int first = 0;
        foreach (IReadOnlyList<TrainingExample> part in StepPlan.Split(examples, TokensAtOnce))
        {
            TokenBatch batch = TokenBatch.Create(part);
            if (batch.Targets.Length > 0)
            {
                (double[] tokens, double[] labels) = _pass.Loss(batch, cancellationToken).ByExample(batch, part.Count);
                for (int example = 0; example < part.Count; example++)
                {
                    losses[first + example] = part[example].Labels is { Count: > 0 } ? labels[example] : tokens[example];
                }
            }

            first += part.Count;
        }

        return losses;
    }

    /// <summary>Computes what label heads answer.</summary>
    /// <param name="examples">The rows.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>For each row and each of its labels the probability of every label of the head.</returns>
    public IReadOnlyList<IReadOnlyList<float[]>> LabelProbabilities(IReadOnlyList<TrainingExample> examples, CancellationToken cancellationToken)
    {
        List<float[]>[] probabilities = [.. examples.Select(_ => new List<float[]>())];
        int first = 0;
        foreach (IReadOnlyList<TrainingExample> part in StepPlan.Split(examples, TokensAtOnce))
        {
            TokenBatch batch = TokenBatch.Create(part);
            float[][] values = batch.Labels.Count > 0 ? _pass.LabelProbabilities(batch, cancellationToken) : [];
            for (int label = 0; label < values.Length; label++)
            {
                probabilities[first + batch.Labels[label].Example].Add(values[label]);
            }

            first += part.Count;
        }

        return probabilities;
    }

    /// <inheritdoc/>
    public void Dispose() => _pass.Dispose();
}
