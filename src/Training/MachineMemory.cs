using System.Globalization;

namespace EdgeBuild.Training;

/// <summary>The memory that this process may use: that of the machine, or less where a container or service limits it.</summary>
/// <param name="Total">All of it, in bytes; the same on every run, so that what depends on it repeats.</param>
/// <param name="Available">What other programs leave of it now, this process' own part included.</param>
public sealed record MachineMemory(long Total, long Available)
{
    /// <summary>Reads the present state.</summary>
    /// <returns>The memory.</returns>
    public static MachineMemory Measure()
    {
        if (OperatingSystem.IsLinux())
        {
            return Read("/", Environment.WorkingSet);
        }

        GCMemoryInfo info = GC.GetGCMemoryInfo();
        long total = info.TotalAvailableMemoryBytes;
        return new MachineMemory(total, Math.Max(0, total - info.MemoryLoadBytes) + Environment.WorkingSet);
    }

    /// <summary>Bounds the memory.</summary>
    /// <param name="limit">What the user allows, in bytes; 0 for all.</param>
    /// <returns>No more than that.</returns>
    public MachineMemory Within(long limit) => limit > 0 ? new MachineMemory(Math.Min(Total, limit), Math.Min(Available, limit)) : this;

    /// <summary>Reads the files of a Linux system; the runtime's own figure leaves a quarter of a container's memory out.</summary>
    /// <param name="root">The root folder.</param>
    /// <param name="own">What this process uses.</param>
    /// <returns>The memory.</returns>
    internal static MachineMemory Read(string root, long own)
    {
        Dictionary<string, long> machine = ReadTable(Path.Combine(root, "proc/meminfo"), ':');
        long total = machine.GetValueOrDefault("MemTotal") * 1024;
        long available = machine.GetValueOrDefault("MemAvailable") * 1024;
        foreach ((string folder, bool second) in ControlGroups(root))
        {
            if (ReadNumber(Path.Combine(folder, second ? "memory.max" : "memory.limit_in_bytes")) is not { } limit || limit >= total)
            {
                continue;
            }

            // Files that were read once count as used, but go when memory is needed.
            long used = ReadNumber(Path.Combine(folder, second ? "memory.current" : "memory.usage_in_bytes")) ?? 0;
            long files = ReadTable(Path.Combine(folder, "memory.stat"), ' ').GetValueOrDefault(second ? "inactive_file" : "total_inactive_file");
            total = limit;
            available = Math.Min(available, limit - Math.Max(0, used - files));
        }

        return new MachineMemory(total, Math.Min(total, Math.Max(0, available) + own));
    }

    /// <summary>The folders of this process' control groups that may limit memory, of both versions, with those above them.</summary>
    private static IEnumerable<(string Folder, bool IsSecond)> ControlGroups(string root)
    {
        string list = Path.Combine(root, "proc/self/cgroup");
        if (!File.Exists(list))
        {
            yield break;
        }

        foreach (string[] parts in File.ReadLines(list).Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3))
        {
            bool second = parts[0] == "0";
            if (!second && !parts[1].Split(',').Contains("memory"))
            {
                continue;
            }

            // In a container the path is often that of the host and does not exist; the mounted folder itself is then the container's.
            string mount = Path.Combine(root, second ? "sys/fs/cgroup" : "sys/fs/cgroup/memory");
            for (string? path = parts[2].Trim('/'); path is not null; path = path.Length == 0 ? null : Path.GetDirectoryName(path) ?? string.Empty)
            {
                yield return (Path.Combine(mount, path), second);
            }
        }
    }

    private static long? ReadNumber(string path) =>
        TryRead(path) is [string first, ..] && long.TryParse(first, CultureInfo.InvariantCulture, out long value) ? value : null;

    private static Dictionary<string, long> ReadTable(string path, char separator)
    {
        var table = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string line in TryRead(path))
        {
            string[] parts = line.Split(separator, 2);
            if (parts.Length == 2 && long.TryParse(parts[1].Trim().Split(' ')[0], CultureInfo.InvariantCulture, out long value))
            {
                table[parts[0]] = value;
            }
        }

        return table;
    }

    private static string[] TryRead(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
