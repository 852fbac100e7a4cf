namespace EdgeBuild.Worker.Evaluation;

/// <summary>The score interval of a proportion (E. B. Wilson, JASA 22, 1927).</summary>
/// <param name="Low">The lower end, 0 to 1.</param>
/// <param name="High">The upper end, 0 to 1.</param>
public readonly record struct WilsonInterval(double Low, double High)
{
    /// <summary>The 97.5 % quantile of the normal distribution: a two-sided interval of 95 %.</summary>
    public const double Quantile = 1.959963984540054;

    /// <summary>Computes the interval of 95 %.</summary>
    /// <param name="correct">The number of right answers.</param>
    /// <param name="total">The number of answers.</param>
    /// <returns>The interval; 0 to 1 without answers.</returns>
    public static WilsonInterval Of(int correct, int total)
    {
        if (total == 0)
        {
            return new WilsonInterval(0, 1);
        }

        double share = (double)correct / total;
        double z2 = Quantile * Quantile;
        double center = (share + (z2 / (2 * total))) / (1 + (z2 / total));
        double half = Quantile / (1 + (z2 / total)) * Math.Sqrt((share * (1 - share) / total) + (z2 / (4.0 * total * total)));
        return new WilsonInterval(Math.Max(0, center - half), Math.Min(1, center + half));
    }
}
