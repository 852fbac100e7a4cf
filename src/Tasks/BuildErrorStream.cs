using System.Text;

namespace EdgeBuild.Tasks;

/// <summary>
/// Standard error of the build that a worker node of MSBuild works for. The node's own leads nowhere, but on Linux a process can open what
/// another one of the same user has open.
/// </summary>
internal static class BuildErrorStream
{
    /// <summary>O_APPEND in the octal flags of /proc/PID/fdinfo.</summary>
    private const int AppendFlag = 0x400;

    /// <summary>Opens the standard error of a process.</summary>
    /// <param name="process">The id of <see cref="BuildProcess.Find"/>.</param>
    /// <param name="isTerminal">Whether it is a terminal.</param>
    /// <returns>The stream, or null, also for a file that is not appended to, in which the build itself would overwrite these lines.</returns>
    public static TextWriter? Open(int process, out bool isTerminal)
    {
        isTerminal = false;
        string path = $"/proc/{process}/fd/2";
        if (ProcessFile.LinkTarget(path) is not { } target)
        {
            return null;
        }

        isTerminal = target.StartsWith("/dev/pts/", StringComparison.Ordinal) || target.StartsWith("/dev/tty", StringComparison.Ordinal);
        bool isPipe = target.StartsWith("pipe:", StringComparison.Ordinal);
        if (!isTerminal && !isPipe && !Appends(process))
        {
            return null;
        }

        try
        {
            var stream = new FileStream(path, isTerminal || isPipe ? FileMode.Open : FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 1);
            return new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    private static bool Appends(int process) =>
        ProcessFile.Field(ProcessFile.Read($"/proc/{process}/fdinfo/2"), "flags:") is { } flags && (Convert.ToInt32(flags, 8) & AppendFlag) != 0;
}
