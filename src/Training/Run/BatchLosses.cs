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
}
