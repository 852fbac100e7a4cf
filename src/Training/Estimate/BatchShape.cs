namespace EdgeBuild.Training;

/// <summary>The size of a pass.</summary>
/// <param name="Rows">Tokens that are computed.</param>
/// <param name="Outputs">Tokens whose logits are computed.</param>
internal readonly record struct BatchShape(int Rows, int Outputs)
{
    private const int Padding = 32;

    /// <summary>The largest pass that a step of some rows can have: that of the longest ones.</summary>
    /// <param name="examples">All rows.</param>
    /// <param name="batchSize">The rows of a step.</param>
    /// <param name="mostTokens">The tokens of a micro-batch.</param>
    /// <returns>The size.</returns>
    public static BatchShape Largest(IReadOnlyList<TrainingExample> examples, int batchSize, int mostTokens)
    {
        if (examples.Count == 0)
        {
            return default;
        }

        int prefix = TokenBatch.CommonPrefix(examples);
        int[] lengths = [.. examples.Select(TokenBatch.InputLength).OrderDescending().Take(batchSize)];
        int rows = 0;
        int tokens = 0;
        foreach (int length in lengths)
        {
            if (tokens > 0 && tokens + length > mostTokens)
            {
                break;
            }

            tokens += length;
            rows += tokens == length ? length : length - prefix;
        }

        int outputs = examples.Select(example => example.CompletionTokens.Length).OrderDescending().Take(batchSize).Sum();
        return new BatchShape(rows + Padding, Math.Min(outputs, rows) + Padding);
    }
}
