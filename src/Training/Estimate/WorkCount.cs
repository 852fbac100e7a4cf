namespace EdgeBuild.Training;

/// <summary>The operations of one product of a pass with all its weights: forward, or the gradient of the inputs.</summary>
/// <param name="Linear">Those of linear layers.</param>
/// <param name="Attention">Those of attention.</param>
/// <param name="Head">Those of the head at the outputs.</param>
/// <param name="BlockValues">The weights of blocks.</param>
internal readonly record struct WorkCount(double Linear, double Attention, double Head, double BlockValues)
{
    /// <summary>Gets what a training step must do with the weights: two products each.</summary>
    public double Useful => 2 * (Linear + Head);

    /// <summary>Counts a batch; a common prefix counts once.</summary>
    /// <param name="configuration">The model.</param>
    /// <param name="batch">The batch.</param>
    /// <returns>The operations.</returns>
    public static WorkCount Of(ModelConfiguration configuration, TokenBatch batch)
    {
        double values = configuration.LinearParameterCount;
        double pairs = batch.Segments.Sum(segment => segment.Length * (segment.PrefixLength + ((segment.Length + 1) / 2.0)));
        double attention = 4 * pairs * configuration.QueryLength * configuration.LayerCount;
        return new WorkCount(
            2 * values * batch.Tokens.Length,
            attention,
            2.0 * configuration.VocabularySize * configuration.EmbeddingLength * batch.OutputRows.Length,
            values);
    }
}
