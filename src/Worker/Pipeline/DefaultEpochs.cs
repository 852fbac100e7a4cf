namespace EdgeBuild.Worker.Pipeline;

/// <summary>The number of passes over all rows when the project does not set it; review passes follow (docs/recipe.md).</summary>
public static class DefaultEpochs
{
    private const double RowsSeen = 1500;
    private const double RowsSeenOfLabel = 60;
    private const double Least = 1;
    private const double Most = 8;

    /// <summary>Chooses the number of passes: few rows, and few rows of a label, are seen more often.</summary>
    /// <param name="rows">The number of training rows.</param>
    /// <param name="labels">The number of labels of the output that has most; 1 when there are none.</param>
    /// <returns>Between 1 and 8.</returns>
    public static double For(int rows, int labels)
    {
        double count = Math.Max(1, rows);
        return Math.Clamp(Math.Round(Math.Max(RowsSeen, RowsSeenOfLabel * labels) / count), Least, Most);
    }
}
