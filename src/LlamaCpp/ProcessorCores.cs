using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeBuild.LlamaCpp;

/// <summary>
/// How many threads can compute at the same time without sharing a core. The threads of llama.cpp wait for each other by
/// spinning, so that one thread more than there are free cores slows every step down many times.
/// </summary>
public static class ProcessorCores
{
    private static readonly Lazy<int> _available = new(() => Count(ReadText, Environment.ProcessorCount));

    /// <summary>Gets or sets the number of threads that the user allows; null for as many as there are cores. To be set before anything computes.</summary>
    public static int? Limit { get; set; }

    /// <summary>Gets the number of physical cores that the process may use: at least 1, within affinity, control group quota and <see cref="Limit"/>.</summary>
    public static int Available => Limit ?? _available.Value;

    /// <summary>Counts the cores from what the system tells.</summary>
    /// <param name="readText">Reads a file of /proc or /sys; null when there is none.</param>
    /// <param name="logicalProcessors">Number of logical processors of the process, as the .NET runtime counts them.</param>
    /// <returns>At least 1.</returns>
    internal static int Count(Func<string, string?> readText, int logicalProcessors)
    {
        string? allowed = ReadField(readText("/proc/self/status"), "Cpus_allowed_list:");
        int cores = allowed is null ? CoresWithoutTopology(logicalProcessors) : PhysicalCores(readText, allowed);
        int limit = Math.Min(cores, logicalProcessors);

        // The .NET runtime rounds a quota of 1.5 processors up to 2; two spinning threads would then be throttled.
        return Math.Max(1, Math.Min(limit, QuotaCores(readText)));
    }

    private static int CoresWithoutTopology(int logicalProcessors) =>
        RuntimeInformation.ProcessArchitecture == Architecture.X64 && logicalProcessors >= 4 ? logicalProcessors / 2 : logicalProcessors;

    private static int PhysicalCores(Func<string, string?> readText, string allowed)
    {
        var cores = new HashSet<string>(StringComparer.Ordinal);
        foreach (string range in allowed.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = range.Split('-');
            if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last))
            {
                continue;
            }

            for (int cpu = first; cpu <= last; cpu++)
            {
                string? siblings = readText(string.Create(CultureInfo.InvariantCulture, $"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list"));
                cores.Add(siblings?.Trim() ?? cpu.ToString(CultureInfo.InvariantCulture));
            }
        }

        return cores.Count == 0 ? int.MaxValue : cores.Count;
    }

    private static int QuotaCores(Func<string, string?> readText)
    {
        string? group = ReadField(readText("/proc/self/cgroup"), "0::");
        int cores = int.MaxValue;
        while (group is not null)
        {
            string[] parts = readText($"/sys/fs/cgroup{group.TrimEnd('/')}/cpu.max")?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];
            if (parts.Length == 2
                && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long quota)
                && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long period)
                && period > 0)
            {
                cores = (int)Math.Min(cores, Math.Max(1, quota / period));
            }

            int slash = group.TrimEnd('/').LastIndexOf('/');
            group = slash < 0 ? null : group[..slash];
        }

        return cores;
    }

    private static string? ReadField(string? text, string name)
    {
        foreach (string line in text?.Split('\n') ?? [])
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                return line[name.Length..].Trim();
            }
        }

        return null;
    }

    private static string? ReadText(string path)
    {
        try
        {
            return OperatingSystem.IsLinux() && File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
