namespace EdgeBuild.Training;

/// <summary>One row to learn from.</summary>
/// <param name="PromptTokens">What the model reads; at least one token.</param>
/// <param name="CompletionTokens">What it shall answer; the loss is on these tokens only.</param>
/// <param name="CompletionWeights">The weight of each completion token in the loss, or null for 1 each.</param>
/// <param name="Labels">What label heads shall answer, or null.</param>
public sealed record TrainingExample(
    int[] PromptTokens, int[] CompletionTokens, float[]? CompletionWeights = null, IReadOnlyList<LabelTarget>? Labels = null)
{
    /// <summary>Gets the weight that <see cref="LoraTrainer.Losses"/> counts: that of the labels, or of the completion's tokens when there are none.</summary>
    public double LossWeight => Labels is { Count: > 0 }
        ? Labels.Sum(label => (double)(CompletionWeights?[label.CompletionToken] ?? 1))
        : CompletionWeights?.Sum(weight => (double)weight) ?? CompletionTokens.Length;
}
