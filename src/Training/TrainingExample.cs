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
    public double LossWeight => Labels is { Count: > 0 } ? LabelWeight : TokenWeight;

    /// <summary>Gets the weight of all completion tokens together.</summary>
    internal double TokenWeight => CompletionWeights?.Sum(weight => (double)weight) ?? CompletionTokens.Length;

    /// <summary>Gets the weight of all labels together; a label weighs as much as the token with which its value begins.</summary>
    internal double LabelWeight => Labels?.Sum(label => (double)WeightOf(label.CompletionToken)) ?? 0;

    /// <summary>Gets the weight of a completion token.</summary>
    /// <param name="completionToken">Its index.</param>
    /// <returns>The weight; 1 when none are given.</returns>
    internal float WeightOf(int completionToken) => CompletionWeights?[completionToken] ?? 1;
}
