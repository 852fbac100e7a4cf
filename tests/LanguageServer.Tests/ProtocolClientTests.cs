using System.Diagnostics;

namespace EdgeBuild.LanguageServer.Tests;

/// <summary>
/// The server as VS Code's own client library sees it: vscode-languageserver-protocol in Node, against the real process. The tests stand in
/// npm/client.
/// </summary>
[TestClass]
public sealed class ProtocolClientTests
{
    private static readonly string _folder = Directory.CreateTempSubdirectory("edgebuild-protocol-").FullName;

    private static string Source => Path.Combine(RepositoryFiles.Root, "tests", "LanguageServer.Tests", "npm", "client");

    private static IEnumerable<object[]> Files => Directory.GetFiles(Source, "*.test.mjs").Order(StringComparer.Ordinal).Select(file => new object[] { Path.GetFileName(file) });

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static void Install(TestContext context)
    {
        foreach (string file in Directory.GetFiles(Source))
        {
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        }

        (int exitCode, string output) = Run(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        Assert.AreEqual(0, exitCode, output);
    }

    [ClassCleanup]
    public static void Remove() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void The_client_library_of_VS_Code_gets_what_it_asks_for(string file)
    {
        (int exitCode, string output) = Run("node", ["--test", "--test-reporter=spec", file]);
        TestContext.WriteLine(output);
        Assert.AreEqual(0, exitCode, output);
    }

    private static (int ExitCode, string Output) Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
        if (program == "node")
        {
            start.Environment["EDGEBUILD_TEST_SERVER"] = Path.Combine(AppContext.BaseDirectory, "edgebuild.dll");
            start.Environment["EDGEBUILD_TEST_PROJECT"] = TrainedProject.Folder;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
