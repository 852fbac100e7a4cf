namespace EdgeBuild.Worker.Evaluation;

/// <summary>
/// The percentile bootstrap (B. Efron and R. J. Tibshirani, "An introduction to the bootstrap", 1993, chapter 13) for figures that are no proportions.
/// Rows are drawn anew with a fixed seed, so that equal answers have equal intervals.
/// </summary>
public static class Bootstrap
{
    private const int Resamples = 1000;
    private const double Tail = 0.025;

    /// <summary>Computes the interval of 95 % of a figure.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="figure">The figure of the rows with these numbers, of which some are drawn several times.</param>
    /// <returns>The interval; that of no rows is 0 to 0.</returns>
    public static (double Low, double High) Interval(int rows, Func<int[], double> figure)
    {
        if (rows == 0)
        {
            return (0, 0);
        }

        var random = new Random(1);
        int[] drawn = new int[rows];
        double[] figures = new double[Resamples];
        for (int sample = 0; sample < Resamples; sample++)
        {
            for (int index = 0; index < rows; index++)
            {
                drawn[index] = random.Next(rows);
            }

            figures[sample] = figure(drawn);
        }

        Array.Sort(figures);
        return (figures[(int)(Tail * Resamples)], figures[(int)((1 - Tail) * Resamples) - 1]);
    }
}
