namespace EdgeBuild.Training;

/// <summary>The factors that turn the losses of rows into the loss of a step: the mean over tokens, and the mean over labels.</summary>
/// <param name="Tokens">The factor of tokens.</param>
/// <param name="Labels">The factor of labels.</param>
internal readonly record struct LossScale(double Tokens, double Labels)
{
    /// <summary>Computes the factors for rows.</summary>
    /// <param name="examples">All rows of the step.</param>
    /// <param name="tokenLossWeight">The weight of the mean loss over tokens; that over labels has the weight 1.</param>
    /// <returns>The factors; 0 for what the rows do not have.</returns>
    public static LossScale For(IReadOnlyList<TrainingExample> examples, double tokenLossWeight)
    {
        double tokens = examples.Sum(example => example.TokenWeight);
        double labels = examples.Sum(example => example.LabelWeight);

        // Without heads there is nothing to weigh the tokens against.
        double weight = labels > 0 ? tokenLossWeight : 1;
        return new LossScale(tokens > 0 ? weight / tokens : 0, labels > 0 ? 1 / labels : 0);
    }
}
