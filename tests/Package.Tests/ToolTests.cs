namespace EdgeBuild.Package.Tests;

[TestClass]
[TestCategory("EndToEnd")]
public sealed class ToolTests
{
    [TestMethod]
    public void The_tool_installs_and_runs_what_a_build_runs()
    {
        var folder = new UserFolder(SharedFeed.Feed, "tool");
        folder.Dotnet("tool", "install", "EdgeBuild.Tool", "--version", SharedFeed.Feed.Version, "--tool-path", "tools").Succeeded();
        string tool = Path.Combine("tools", OperatingSystem.IsWindows() ? "edgebuild.exe" : "edgebuild");
        Assert.Contains("inspect", folder.RunProgram(tool, "--help").Succeeded().Output);
        Assert.Contains("llama", folder.RunProgram(tool, "inspect", PackedFeed.TinyBase).Succeeded().Output);

        // A plan of a build, in a cache of its own: trains, merges and evaluates with the llama.cpp that the tool carries.
        UserApp app = SharedFeed.FirstApp;
        SharedFeed.FirstBuild.Succeeded();
        string plan = File.ReadAllText(app.PathOf("obj/edge/Support.plan.json"));
        Assert.Contains(SharedFeed.Feed.Cache, plan);
        folder.Write("Support.plan.json", plan.Replace(SharedFeed.Feed.Cache, folder.PathOf("cache"), StringComparison.Ordinal));
        folder.RunTool(tool, "train", folder.PathOf("Support.plan.json")).Succeeded();
        Assert.HasCount(1, folder.FilesOf("cache/models").Where(file => file.EndsWith("/Support.gguf", StringComparison.Ordinal)));
    }
}
