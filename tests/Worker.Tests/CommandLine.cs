using System.Diagnostics;
using EdgeBuild.Tests.Shared;

namespace EdgeBuild.Worker.Tests;

/// <summary>The <c>edgebuild</c> command in a process of its own.</summary>
internal static class CommandLine
{
    public static string Worker => Path.Combine(AppContext.BaseDirectory, "edgebuild.dll");

    /// <summary>Runs the command to its end.</summary>
    /// <returns>What it wrote.</returns>
    public static string Run(int expected, params string[] arguments) => Run(expected, new Dictionary<string, string>(), arguments);

    /// <summary>Runs the command to its end.</summary>
    /// <returns>What it wrote.</returns>
    public static string Run(int expected, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using Process process = DotnetProcess.Start(Path.GetTempPath(), [Worker, .. arguments], "EDGEBUILD", environment);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        Assert.AreEqual(expected, process.ExitCode, output);
        return output;
    }
}
