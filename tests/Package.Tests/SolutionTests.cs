using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Package.Tests;

[TestClass]
[TestCategory("EndToEnd")]
public sealed class SolutionTests
{
    private const int Projects = 20;

    [TestMethod]
    public void Twenty_projects_build_in_parallel_and_a_locked_build_offline_takes_their_models_from_the_cache()
    {
        var folder = new UserFolder(SharedFeed.Feed, "twenty");
        string[] names = [.. Enumerable.Range(1, Projects).Select(number => $"Lib{number}")];
        foreach (string name in names)
        {
            folder.WriteTaskProject($"{name}/{name}.csproj", string.Empty);

            // A key of its own, so that this build trains, and the same for all, so that it does so once.
            folder.Write($"{name}/data/train.jsonl", UserFolder.Rows(44));
        }

        folder.Write("All.slnx", $"<Solution>{string.Concat(names.Select(name => $"<Project Path=\"{name}/{name}.csproj\" />"))}</Solution>");
        CommandResult build = folder.Dotnet("build", "All.slnx", "-nologo", "-m:4").Succeeded();
        Assert.Contains("0 Warning(s)", build.Output);
        LockFile[] locks = [.. names.Select(name => folder.PathOf($"{name}/edgebuild.lock.json")).Select(path => LockFile.Parse(path, File.ReadAllText(path)))];
        Assert.HasCount(1, locks.Select(file => file.Models["Support"].Sha256).Distinct());
        Assert.HasCount(1, locks.Select(file => file.Models["Support"].AdapterKey).Distinct());

        // As a server does: nothing but sources and lock files, and the cache of before.
        foreach (string name in names)
        {
            Directory.Delete(folder.PathOf($"{name}/bin"), recursive: true);
            Directory.Delete(folder.PathOf($"{name}/obj/edge"), recursive: true);
        }

        folder.Dotnet("build", "All.slnx", "-nologo", "--no-restore", "-v:d", "-m:4", "-p:ContinuousIntegrationBuild=true", "-p:EdgeBuildOffline=true").WithoutWork();
        Assert.IsTrue(names.All(name => File.Exists(folder.PathOf($"{name}/bin/Debug/net10.0/edge/Support.gguf"))));

        folder.Write("Lib1/data/train.jsonl", UserFolder.Rows(45));
        CommandResult changed = folder.Dotnet("build", "Lib1", "-nologo", "--no-restore", "-p:ContinuousIntegrationBuild=true");
        Assert.HasCount(1, changed.Errors, changed.Output);
        Assert.Contains(": error EDGE0005: ", changed.Errors[0]);
    }
}
