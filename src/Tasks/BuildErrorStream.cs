using System.Text;

namespace EdgeBuild.Tasks;

/// <summary>
/// Standard error of the build that a worker node of MSBuild works for. The node's own leads nowhere, but on Linux a process can open what
/// its parent has open.
/// </summary>
internal static class BuildErrorStream
{
    /// <summary>O_APPEND in the octal flags of /proc/PID/fdinfo.</summary>
    private const int AppendFlag = 0x400;

    /// <summary>Opens the standard error of the process that started this node.</summary>
    /// <param name="isTerminal">Whether it is a terminal.</param>
    /// <returns>
    /// The stream, or null: on other systems, for a node that an earlier build left behind, and for a file that is not appended to, in which the
    /// build itself would overwrite these lines.
    /// </returns>
    public static TextWriter? Open(out bool isTerminal)
    {
        isTerminal = false;
        try
        {
            if (ParentOf("self") is not { } parent || !IsBuilding(parent))
            {
                return null;
            }

            string path = $"/proc/{parent}/fd/2";
            if (LinkTarget(path) is not { } target)
            {
                return null;
            }

            isTerminal = target.StartsWith("/dev/pts/", StringComparison.Ordinal) || target.StartsWith("/dev/tty", StringComparison.Ordinal);
            bool isPipe = target.StartsWith("pipe:", StringComparison.Ordinal);
            if (!isTerminal && !isPipe && !Appends($"/proc/{parent}/fdinfo/2"))
            {
                return null;
            }

            var stream = new FileStream(path, isTerminal || isPipe ? FileMode.Open : FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 1);
            return new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>
    /// A node outlives its build and serves later ones, while its parent may already run the app that it built; such a parent has children that
    /// are no nodes.
    /// </summary>
    private static bool IsBuilding(string process) =>
        process != "1"
        && Path.GetFileName(CommandLine(process).Split('\0')[0]).StartsWith("dotnet", StringComparison.Ordinal)
        && Directory.GetDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => char.IsDigit(name[0]) && ParentOf(name) == process)
            .All(name => CommandLine(name).Contains("/nodemode:"));

    private static string CommandLine(string process) => Read($"/proc/{process}/cmdline");

    private static string? ParentOf(string process) => Field(Read($"/proc/{process}/status"), "PPid:");

    private static bool Appends(string descriptor) => Field(Read(descriptor), "flags:") is { } flags && (Convert.ToInt32(flags, 8) & AppendFlag) != 0;

    private static string? Field(string text, string name) =>
        text.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Substring(name.Length).Trim();

    /// <summary>Reads a file of /proc; empty when the process has ended in the meantime.</summary>
    private static string Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : string.Empty;
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }

    /// <summary>FileSystemInfo.LinkTarget is not part of netstandard2.0; .NET, on which 'dotnet build' runs, has it.</summary>
    private static string? LinkTarget(string path) =>
        typeof(FileSystemInfo).GetProperty("LinkTarget")?.GetValue(new FileInfo(path)) as string;
}
