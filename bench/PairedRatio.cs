namespace EdgeBuild.Benchmarks;

/// <summary>The median of ratios that were measured pair by pair, and the 95 % interval of that median.</summary>
/// <param name="Median">The median.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
internal sealed record PairedRatio(double Median, double Low, double High)
{
    /// <summary>Computes it; the ends are the ranks of the binomial distribution, which assumes nothing about that of the ratios.</summary>
    public static PairedRatio Of(IReadOnlyCollection<(double Value, double Reference)> pairs)
    {
        double[] ratios = [.. pairs.Select(pair => pair.Value / pair.Reference).Order()];
        double reach = 1.96 * Math.Sqrt(ratios.Length) / 2;
        int low = Math.Max(0, (int)Math.Floor((ratios.Length / 2.0) - reach));
        return new PairedRatio(ratios[ratios.Length / 2], ratios[low], ratios[ratios.Length - 1 - low]);
    }
}
