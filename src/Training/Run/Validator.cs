namespace EdgeBuild.Training;

/// <summary>Measures losses without gradients.</summary>
/// <param name="model">The base model.</param>
/// <param name="lora">The adapter.</param>
/// <param name="batchSize">Rows at once.</param>
/// <param name="tokensPerPass">The most tokens at once.</param>
internal sealed class Validator(BaseModel model, LoraState lora, int batchSize, int tokensPerPass) : IDisposable
{
    /// <summary>The most tokens at once, whatever is asked for.</summary>
    public const int TokensAtOnce = 4096;

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
            foreach (IReadOnlyList<TrainingExample> part in StepPlan.Split(rows, Math.Min(TokensAtOnce, tokensPerPass)))
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

    /// <inheritdoc/>
    public void Dispose() => _pass.Dispose();
}
