namespace EdgeBuild.Worker.Pipeline;

/// <summary>The number of passes when the project does not set it (docs/recipe.md).</summary>
public static class DefaultEpochs
{
    private const double RowsSeen = 3000;
    private const double Least = 3;
    private const double Most = 10;

    /// <summary>Chooses the number of passes: few rows are seen more often.</summary>
    /// <param name="rows">The number of training rows.</param>
    /// <returns>Between 3 and 10.</returns>
    public static double For(int rows) => Math.Clamp(Math.Round(RowsSeen / Math.Max(1, rows)), Least, Most);
}
