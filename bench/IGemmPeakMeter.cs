namespace EdgeBuild.Benchmarks;

/// <summary>
/// Measures the GEMM peak of the machine for the header of verbs that do not measure it themselves. The implementation in this assembly
/// with a parameterless constructor is used.
/// </summary>
internal interface IGemmPeakMeter
{
    /// <summary>Measures the best of 512³, 1024³ and 2048³ in each type.</summary>
    /// <returns>GFLOP/s by type name, for example <c>fp32</c>.</returns>
    IReadOnlyDictionary<string, double> Measure();
}
