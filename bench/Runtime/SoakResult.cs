namespace EdgeBuild.Benchmarks;

/// <summary>What a soak showed.</summary>
/// <param name="Answered">Calls that were answered.</param>
/// <param name="Cancelled">Calls that were cancelled.</param>
/// <param name="Failures">What other calls ended with.</param>
/// <param name="MemoryBefore">Resident megabytes when everything had its size.</param>
/// <param name="MemoryAfter">Resident megabytes at the end.</param>
internal sealed record SoakResult(int Answered, int Cancelled, IReadOnlyList<Exception> Failures, double MemoryBefore, double MemoryAfter)
{
    /// <summary>How many times of the memory before may be in use at the end.</summary>
    public const double MostGrowth = 1.01;

    /// <summary>Gets how many times of the memory before is in use at the end.</summary>
    public double Growth => MemoryAfter / MemoryBefore;
}
