namespace EdgeBuild.Contracts;

/// <summary>Environment variables that the worker must be started with, since they are read before any managed code runs.</summary>
public static class WorkerEnvironment
{
    /// <summary>
    /// Gets the variables by name. The three settings of malloc make glibc keep large blocks: its default returns every block above a few
    /// hundred kilobytes to the system at once, and a training step then spends most of its time on page faults. Other allocators ignore
    /// them. The last one ends the spinning of OpenMP's threads soon where nothing is computed: there is other work for the cores there.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["MALLOC_MMAP_THRESHOLD_"] = "33554432",
        ["MALLOC_TRIM_THRESHOLD_"] = "4294967296",
        ["MALLOC_TOP_PAD_"] = "67108864",
        ["GOMP_SPINCOUNT"] = "10000",
    };
}
