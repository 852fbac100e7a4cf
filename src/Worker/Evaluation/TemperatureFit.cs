namespace EdgeBuild.Worker.Evaluation;

/// <summary>
/// Fits the temperature of a labelled output: the one number that makes the probabilities of held-out rows most likely (Guo et al. 2017,
/// arXiv 1706.04599, section 4.2).
/// </summary>
public static class TemperatureFit
{
    // With few rows, all of them right, the likeliest temperature would be 0: a normal prior of this width on its logarithm keeps it near 1
    // until the rows say more.
    private const double PriorDeviation = 0.5;

    private const double LargestLogarithm = 3;
    private const double Tolerance = 1e-4;

    /// <summary>Fits the temperature.</summary>
    /// <param name="outcomes">Rows that were not trained on.</param>
    /// <returns>The temperature; 1 without rows.</returns>
    public static double Of(IReadOnlyList<LabelledOutcome> outcomes)
    {
        // Golden section: the loss has one minimum, since it is convex in the inverse of the temperature.
        double ratio = (Math.Sqrt(5) - 1) / 2;
        double low = -LargestLogarithm;
        double high = LargestLogarithm;
        while (high - low > Tolerance)
        {
            double left = high - (ratio * (high - low));
            double right = low + (ratio * (high - low));
            if (Loss(outcomes, left) < Loss(outcomes, right))
            {
                high = right;
            }
            else
            {
                low = left;
            }
        }

        return Math.Exp((low + high) / 2);
    }

    private static double Loss(IReadOnlyList<LabelledOutcome> outcomes, double logarithm) =>
        outcomes.Sum(outcome => outcome.Loss(Math.Exp(logarithm))) + (logarithm * logarithm / (2 * PriorDeviation * PriorDeviation));
}
