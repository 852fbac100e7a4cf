namespace EdgeBuild.Training;

/// <summary>The losses of a batch.</summary>
/// <param name="Tokens">weight · −log p(token) of every supervised token.</param>
/// <param name="Labels">weight · −log p(label) of every <see cref="TokenBatch.Labels"/>.</param>
/// <param name="WrongLabels">How many of them were not the most probable ones.</param>
internal readonly record struct BatchLosses(double[] Tokens, double[] Labels, int WrongLabels = 0)
{
    /// <summary>Adds up the losses with the factors of a step.</summary>
    /// <param name="scale">The factors.</param>
    /// <returns>The part of the step's loss that is the batch's.</returns>
    public double Sum(LossScale scale) => (Tokens.Sum() * scale.Tokens) + (Labels.Sum() * scale.Labels);

    /// <summary>Adds up the losses of each example.</summary>
    /// <param name="batch">The batch that they are of.</param>
    /// <param name="count">The number of its examples.</param>
    /// <returns>The loss of the tokens and that of the labels, by example.</returns>
    public (double[] Tokens, double[] Labels) ByExample(TokenBatch batch, int count)
    {
        var tokens = new double[count];
        var labels = new double[count];
        for (int target = 0; target < Tokens.Length; target++)
        {
            if (batch.TargetExamples[target] is >= 0 and int example)
            {
                tokens[example] += Tokens[target];
            }
        }

        for (int label = 0; label < Labels.Length; label++)
        {
            labels[batch.Labels[label].Example] += Labels[label];
        }

        return (tokens, labels);
    }
}
