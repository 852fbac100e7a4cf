using System.Diagnostics;
using System.Reflection;
using EdgeBuild.Tests.Shared;

namespace EdgeBuild.ChatServer.Tests;

/// <summary>The sample server as a process of its own, called by the npm package that programs call such servers with.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class OpenAIClientTests
{
    private static readonly TimeSpan _longestRun = TimeSpan.FromMinutes(5);

    private static readonly string _root = typeof(OpenAIClientTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(attribute => attribute.Key == "RepositoryRoot").Value!;

    private readonly string _client = Directory.CreateTempSubdirectory("edge-chat-client-").FullName;

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void Remove() => Directory.Delete(_client, recursive: true);

    [TestMethod]
    public async Task The_openai_package_gets_text_streams_records_function_calls_and_errors()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        limit.CancelAfter(_longestRun);
        foreach (string file in Directory.GetFiles(Path.Combine(_root, "samples", "ChatServer", "client")))
        {
            File.Copy(file, Path.Combine(_client, Path.GetFileName(file)));
        }

        (int installed, string installation) = await RunAsync(Npm("ci --ignore-scripts --no-audit --no-fund"), limit.Token);
        Assert.AreEqual(0, installed, installation);

        string model = Path.Combine(_root, "models", "SmolLM2-135M-Instruct.Q4_1.gguf");
        await using ServerProcess server = await ServerProcess.StartAsync(
            Path.Combine(AppContext.BaseDirectory, "ChatServer.dll"), _client, ["--Model", model], limit.Token);
        using var http = new HttpClient();
        Assert.AreEqual("Healthy", await http.GetStringAsync(new Uri(server.Address + "/health"), limit.Token));
        (int exitCode, string output) = await RunAsync(new ProcessStartInfo("node", ["client.mjs", server.Address + "/v1"]), limit.Token);
        Assert.AreEqual(0, exitCode, output);
        Assert.Contains("all calls answered", output);
    }

    private static ProcessStartInfo Npm(string arguments) =>
        OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd.exe", "/d /c npm.cmd " + arguments) : new ProcessStartInfo("npm", arguments);

    private async Task<(int ExitCode, string Output)> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        start.WorkingDirectory = _client;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, output + await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
