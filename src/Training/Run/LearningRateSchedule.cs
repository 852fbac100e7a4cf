namespace EdgeBuild.Training;

/// <summary>Linear warm-up, then half a cosine down to the final rate.</summary>
/// <param name="recipe">The settings.</param>
/// <param name="totalSteps">The planned steps.</param>
internal sealed class LearningRateSchedule(TrainingRecipe recipe, int totalSteps)
{
    private readonly int _warmupSteps = (int)Math.Ceiling(recipe.WarmupRatio * totalSteps);

    /// <summary>The rate of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="elapsed">The time used so far; with a time limit the rate falls by time when that is faster than by steps.</param>
    /// <returns>The learning rate.</returns>
    public double At(int step, TimeSpan elapsed)
    {
        double decay = totalSteps > _warmupSteps ? Math.Max(0, step - _warmupSteps) / (double)(totalSteps - _warmupSteps) : 0;
        if (recipe.MaxDuration is { } limit)
        {
            decay = Math.Max(decay, ((elapsed / limit) - recipe.WarmupRatio) / (1 - recipe.WarmupRatio));
        }

        double warmup = step < _warmupSteps ? (step + 1.0) / _warmupSteps : 1;
        double cosine = 0.5 * (1 + Math.Cos(Math.PI * Math.Clamp(decay, 0, 1)));
        return recipe.LearningRate * warmup * (recipe.FinalLearningRateRatio + ((1 - recipe.FinalLearningRateRatio) * cosine));
    }
}
