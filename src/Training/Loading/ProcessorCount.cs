using System.Globalization;

namespace EdgeBuild.Training;

/// <summary>The number of threads that matrix products should use.</summary>
internal static class ProcessorCount
{
    /// <summary>
    /// Physical cores, but no more than the process may use: two hyper-threads share one multiplier, and a container's quota is what
    /// <see cref="Environment.ProcessorCount"/> already respects.
    /// </summary>
    /// <returns>At least 1.</returns>
    public static int Physical()
    {
        int logical = Environment.ProcessorCount;
        int physical = OperatingSystem.IsLinux() ? CountSiblingGroups("/sys/devices/system/cpu") : 0;
        return physical > 0 ? Math.Min(logical, physical) : logical;
    }

    /// <summary>Counts distinct cores by their lists of hardware threads, as Linux shows them.</summary>
    /// <param name="root">The folder with one folder per logical processor.</param>
    /// <returns>The number of cores, or 0 when the folder says nothing.</returns>
    internal static int CountSiblingGroups(string root)
    {
        try
        {
            var groups = new HashSet<string>(StringComparer.Ordinal);
            foreach (string directory in Directory.EnumerateDirectories(root, "cpu*"))
            {
                string siblings = Path.Combine(directory, "topology", "thread_siblings_list");
                if (int.TryParse(Path.GetFileName(directory).AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out _) && File.Exists(siblings))
                {
                    groups.Add(File.ReadAllText(siblings).Trim());
                }
            }

            return groups.Count;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
