namespace EdgeBuild.Worker.Pipeline;

/// <summary>The number of passes over all rows when the project does not set it; review passes follow (docs/recipe.md).</summary>
public static class DefaultEpochs
{
    private const double RowsSeen = 1500;
    private const double Least = 1;
    private const double Most = 8;

    /// <summary>Chooses the number of passes: few rows are seen more often.</summary>
    /// <param name="rows">The number of training rows.</param>
    /// <returns>Between 1 and 8.</returns>
    public static double For(int rows) => Math.Clamp(Math.Round(RowsSeen / Math.Max(1, rows)), Least, Most);
}
