namespace EdgeBuild.Benchmarks;

/// <summary>What a verb measured.</summary>
/// <param name="Figures">The figures in the order of the table.</param>
/// <param name="GemmPeaks">GFLOP/s by type name when the verb measured them among its own steps; else null.</param>
internal sealed record BenchmarkResult(IReadOnlyList<Figure> Figures, IReadOnlyDictionary<string, double>? GemmPeaks = null)
{
    /// <summary>Gets a value indicating whether no figure falls short of its goal.</summary>
    public bool Passed => Figures.All(figure => figure.Passed != false);
}
