using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeBuild.Tasks;

/// <summary>
/// The process that runs a build, seen from a worker node of MSBuild on Linux. The parent says nothing: a node outlives the build that
/// started it and serves later ones. What a node has in every build is the connection over which it gets its work, and the kernel knows who
/// opened that.
/// </summary>
internal static class BuildProcess
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const string Connected = "03";

    /// <summary>Commands whose loggers show messages of high importance; all others, 'dotnet run' above all, build quietly.</summary>
    private static readonly string[] _talkative = ["build", "publish", "pack", "msbuild", "clean"];

    /// <summary>Gets a value indicating whether this process is a worker node.</summary>
    public static bool IsNode { get; } =
        Environment.GetCommandLineArgs().Any(argument => argument.StartsWith("/nodemode", StringComparison.OrdinalIgnoreCase));

    /// <summary>Finds the process that this node works for.</summary>
    /// <returns>Its id, or null when it cannot be found.</returns>
    public static int? Find()
    {
        try
        {
            HashSet<string> connections = Connections();
            foreach (string descriptor in Directory.GetFileSystemEntries("/proc/self/fd"))
            {
                if (ProcessFile.LinkTarget(descriptor) is { } target && connections.Contains(target) && PeerOf(descriptor) is { } peer)
                {
                    return peer;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DllNotFoundException or EntryPointNotFoundException)
        {
            // Another system, or /proc is not there: only the display of progress is lost.
        }

        return null;
    }

    /// <summary>
    /// Tells whether the command of a build shows messages of high importance. A node cannot know it from its own loggers, since those of
    /// 'dotnet run' let it forward everything.
    /// </summary>
    /// <param name="process">The id of <see cref="Find"/>.</param>
    public static bool ShowsMessages(int process) => ShowsMessages(ProcessFile.Read($"/proc/{process}/cmdline").Split('\0'));

    /// <summary>Tells the same of the process that this task runs in.</summary>
    public static bool ShowsMessages() => ShowsMessages(Environment.GetCommandLineArgs());

    private static bool ShowsMessages(string[] arguments) =>
        arguments.Take(3).Any(argument => _talkative.Contains(argument) || Path.GetFileNameWithoutExtension(argument) == "MSBuild");

    /// <summary>Links of the open ends of this node's pipe, which is a Unix socket named after the process.</summary>
    private static HashSet<string> Connections()
    {
        string name = "MSBuild" + System.Diagnostics.Process.GetCurrentProcess().Id.ToString(CultureInfo.InvariantCulture);

        // Num RefCount Protocol Flags Type State Inode Path
        return
        [
            .. ProcessFile.Read("/proc/net/unix").Split('\n')
                .Select(line => line.Split([' '], StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields.Length == 8 && fields[5] == Connected && Path.GetFileName(fields[7]) == name)
                .Select(fields => $"socket:[{fields[6]}]"),
        ];
    }

    private static int? PeerOf(string descriptor)
    {
        var credentials = new int[3];
        int length = sizeof(int) * credentials.Length;
        int number = int.Parse(Path.GetFileName(descriptor), CultureInfo.InvariantCulture);
        return GetSocketOption(number, SocketLevel, PeerCredentials, credentials, ref length) == 0 && credentials[0] > 0 ? credentials[0] : null;
    }

    [DllImport("libc", EntryPoint = "getsockopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetSocketOption(int socket, int level, int option, [Out] int[] value, ref int length);
}
