using System.Diagnostics;
using EdgeBuild.Tests.Shared;

namespace EdgeBuild.Worker.Tests;

/// <summary>The <c>edgebuild</c> command in a process of its own.</summary>
internal static class CommandLine
{
    /// <summary>
    /// Gets the worker as it is built. The copy beside the tests lacks what their web servers bring along; it has the natives in turn.
    /// </summary>
    public static string Worker => Output("Worker", "net10.0", "edgebuild.dll");

    /// <summary>Gets the variables with which NuGet asks the credential provider of the tests.</summary>
    /// <param name="password">What it answers for 'user'.</param>
    public static Dictionary<string, string> CredentialProvider(string password) => new()
    {
        ["NUGET_NETCORE_PLUGIN_PATHS"] = FakeCredentials,
        ["FAKE_CREDENTIALS"] = "user:" + password,
    };

    private static string FakeCredentials =>
        Path.Combine(RepositoryFiles.Root, "tests", "FakeCredentials", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "fakecredentials.dll");

    /// <summary>Gets where the worker finds llama.cpp.</summary>
    public static KeyValuePair<string, string> Natives => new("EDGEBUILD_NATIVES", Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, "runtimes"), "native", SearchOption.AllDirectories)
        .First(folder => Directory.EnumerateFiles(folder, "*llama*").Any()));

    /// <summary>Gets a file that a project of the repository builds, in the configuration of the tests.</summary>
    public static string Output(string project, string framework, string file) =>
        Path.Combine(RepositoryFiles.Root, "src", project, "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, framework, file);

    /// <summary>Runs the command to its end.</summary>
    /// <returns>What it wrote.</returns>
    public static string Run(int expected, params string[] arguments) => Run(expected, new Dictionary<string, string>(), arguments);

    /// <summary>Runs the command to its end.</summary>
    /// <returns>What it wrote.</returns>
    public static string Run(int expected, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using Process process = DotnetProcess.Start(Path.GetTempPath(), [Worker, .. arguments], "EDGEBUILD", new Dictionary<string, string>(environment.Append(Natives)));
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        Assert.AreEqual(expected, process.ExitCode, output);
        return output;
    }
}
