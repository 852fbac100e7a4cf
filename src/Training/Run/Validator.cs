namespace EdgeBuild.Training;

/// <summary>Measures losses without gradients.</summary>
/// <param name="model">The base model.</param>
/// <param name="lora">The adapter.</param>
/// <param name="batchSize">Rows at once.</param>
internal sealed class Validator(BaseModel model, LoraState lora, int batchSize) : IDisposable
{
    private const int TokensAtOnce = 4096;
    private readonly TransformerPass _pass = new(model, lora, keepActivations: false);

    /// <summary>Computes the mean loss of rows.</summary>
    /// <param name="examples">The rows.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>Weighted cross entropy per unit of weight.</returns>
    public double Loss(IReadOnlyList<TrainingExample> examples, CancellationToken cancellationToken)
    {
        double loss = 0;
        double weight = 0;
        foreach (TrainingExample[] rows in examples.Chunk(batchSize))
        {
            foreach (IReadOnlyList<TrainingExample> part in StepPlan.Split(rows, TokensAtOnce))
            {
                TokenBatch batch = TokenBatch.Create(part);
                if (batch.Targets.Length > 0)
                {
                    loss += _pass.Loss(batch, cancellationToken);
                    weight += batch.Weights.Sum(value => (double)value);
                }
            }
        }

        return weight > 0 ? loss / weight : 0;
    }

    /// <summary>Computes the loss of each row.</summary>
    /// <param name="examples">The rows.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>Weighted cross entropy, summed over the completion of each row.</returns>
    public double[] Losses(IReadOnlyList<TrainingExample> examples, CancellationToken cancellationToken)
    {
        var losses = new double[examples.Count];
        int first = 0;
        foreach (IReadOnlyList<TrainingExample> part in StepPlan.Split(examples, TokensAtOnce))
        {
            TokenBatch batch = TokenBatch.Create(part);
            double[] tokens = batch.Targets.Length > 0 ? _pass.Losses(batch, cancellationToken) : [];
            for (int target = 0; target < tokens.Length; target++)
            {
                if (batch.TargetExamples[target] is >= 0 and int example)
                {
                    losses[first + example] += tokens[target];
                }
            }

            first += part.Count;
        }

        return losses;
    }

    /// <inheritdoc/>
    public void Dispose() => _pass.Dispose();
}
