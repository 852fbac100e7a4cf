namespace EdgeBuild.Worker.Pipeline;

/// <summary>The learning rate when the project does not set it: the larger the base, the lower (docs/recipe.md).</summary>
public static class DefaultLearningRate
{
    private static readonly (long Below, double Rate)[] _bySize =
    [
        (300_000_000, 1e-3),
        (800_000_000, 5e-4),
        (1_400_000_000, 3e-4),
        (long.MaxValue, 2e-4),
    ];

    /// <summary>Chooses the rate.</summary>
    /// <param name="facts">The base.</param>
    /// <returns>The rate of A.</returns>
    public static double For(BaseFacts facts)
    {
        double rate = _bySize.First(band => facts.ParameterCount < band.Below).Rate;

        // Most of a small Gemma's values are its embeddings, and it is published with rates far below those of its size.
        return facts.Architecture.StartsWith("gemma", StringComparison.Ordinal) ? rate / 4 : rate;
    }
}
