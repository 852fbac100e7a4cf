using System.Diagnostics;

namespace EdgeBuild.LanguageServer.Projects;

/// <summary>The SDK's command line, apart from the streams of the editor.</summary>
internal static class DotnetCommand
{
    /// <summary>Starts a command about a project, in its folder.</summary>
    public static Process Start(string projectFile, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = Path.GetDirectoryName(projectFile),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_NOLOGO"] = "1";
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
