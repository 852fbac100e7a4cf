using System.Diagnostics;
using System.Text;

namespace EdgeBuild.Tests.Shared;

/// <summary>Starts dotnet as a user's shell would, free of the settings of the test host.</summary>
internal static class DotnetProcess
{
    /// <summary>Starts a command with its streams redirected.</summary>
    /// <param name="directory">The working directory.</param>
    /// <param name="arguments">The arguments of dotnet.</param>
    /// <param name="removedPrefix">Variables of the test host with this prefix do not reach the command.</param>
    /// <param name="environment">Variables of the command.</param>
    /// <param name="program">The program, when it is not dotnet.</param>
    public static Process Start(string directory, string[] arguments, string removedPrefix, IReadOnlyDictionary<string, string> environment, string program = "dotnet")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };

        // The test host's own MSBuild settings and the training mode of the machine must not reach the builds under test.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith(removedPrefix, StringComparison.OrdinalIgnoreCase) || name is "CI").ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        foreach (KeyValuePair<string, string> variable in environment)
        {
            start.Environment[variable.Key] = variable.Value;
        }

        return Process.Start(start)!;
    }
}
