using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace EdgeBuild.Package.Tests;

[TestClass]
[TestCategory("EndToEnd")]
public sealed class TemplateTests
{
    private static UserFolder _folder = null!;

    [ClassInitialize]
    public static void Install(TestContext context)
    {
        _folder = new UserFolder(SharedFeed.Feed, "templates");
        _folder.Dotnet("new", "install", $"EdgeBuild.Templates@{SharedFeed.Feed.Version}", "--add-source", SharedFeed.Feed.Packages).Succeeded();

        // The base of the tests instead of the real one, which takes a minute of both cores. What so small a model thinks of the rows is no matter.
        _folder.Write("Directory.Build.props", $"""
            <Project>
              <PropertyGroup><NuGetAudit>false</NuGetAudit><NoWarn>$(NoWarn);EDGE1116</NoWarn></PropertyGroup>
              <ItemGroup><EdgeBase Include="smollm2" Source="{PackedFeed.TinyBase}" /></ItemGroup>
            </Project>
            """);
        _folder.Write("Directory.Build.targets", """<Project><ItemGroup><EdgeModel Update="@(EdgeModel)" Epochs="1" ReviewPasses="0" /></ItemGroup></Project>""");
    }

    [TestMethod]
    public void A_new_console_app_builds_and_answers_whatever_its_name()
    {
        _folder.Dotnet("new", "edgebuild-console", "-o", "my-desk.app", "--no-restore").Succeeded();
        CollectionAssert.Contains(_folder.FilesOf("my-desk.app"), "my-desk.app.csproj");
        CommandResult run = _folder.Dotnet("run", "--project", "my-desk.app", "--", "I cannot log in").Succeeded();
        string[] lines = run.Output.Trim().Split('\n', StringSplitOptions.TrimEntries);
        Assert.AreEqual("I cannot log in", lines[^7], run.Output);
        Assert.AreEqual(100.0, lines[^5..].Sum(line => double.Parse(line.TrimEnd('%').Trim().Split(' ')[^1], CultureInfo.CurrentCulture)), 0.5, run.Output);
        Assert.IsTrue(File.Exists(_folder.PathOf("my-desk.app/edgebuild.lock.json")));
    }

    [TestMethod]
    public async Task A_new_web_API_builds_and_answers()
    {
        _folder.Dotnet("new", "edgebuild-webapi", "-n", "Desk", "--no-restore").Succeeded();
        CommandResult build = _folder.Dotnet("build", "Desk", "-nologo").Succeeded();
        Assert.Contains("0 Warning(s)", build.Output);

        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        string address = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{((IPEndPoint)probe.LocalEndpoint).Port}");
        probe.Stop();
        using Process server = SharedFeed.Feed.StartProgram("dotnet", new() { ["ASPNETCORE_URLS"] = address }, _folder.PathOf("Desk/bin/Debug/net10.0/Desk.dll"));
        try
        {
            // It says so when it listens, and ends its output when it failed.
            var output = new List<string>();
            while (await server.StandardOutput.ReadLineAsync() is { } line && !line.Contains("Now listening", StringComparison.Ordinal))
            {
                output.Add(line);
            }

            using var client = new HttpClient();
            HttpResponseMessage response = await client.PostAsJsonAsync(address + "/triage", new { text = "I cannot log in" });
            string body = await response.Content.ReadAsStringAsync();
            Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, body + string.Join('\n', output));
            using var answer = JsonDocument.Parse(body);
            Assert.AreEqual(1.0, answer.RootElement.GetProperty("probabilities").EnumerateObject().Sum(label => label.Value.GetDouble()), 0.01);
            CollectionAssert.Contains(new[] { "Access", "Billing", "Bug", "Feature", "Security" }, answer.RootElement.GetProperty("category").GetString());
        }
        finally
        {
            server.Kill();
        }
    }
}
