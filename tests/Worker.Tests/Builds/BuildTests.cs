using System.Diagnostics;
using EdgeBuild.Contracts;
using EdgeBuild.Worker.Tests.Acquisition;
using EdgeBuild.Worker.Tests.Distribution;

namespace EdgeBuild.Worker.Tests.Builds;

/// <summary>What a user sees of bases that are fetched, of models that travel, and of disks and paths that are in the way.</summary>
[TestClass]
[DoNotParallelize]
public sealed class BuildTests
{
    [TestMethod]
    public async Task A_base_of_the_hub_is_fetched_pinned_and_named_beside_the_app()
    {
        byte[] content = await File.ReadAllBytesAsync(RepositoryFiles.Fixture("smollm2", "base.gguf"));
        await using FakeHub hub = await FakeHub.StartAsync(content);
        hub.CutAfter = 1_000_000;
        using var build = new RealBuild();
        build.Environment["HF_ENDPOINT"] = hub.Address.ToString();
        build.Environment["HF_HOME"] = build.PathOf("hub");
        string project = build.AddProject("App", baseMetadata: $"Source=\"{FakeHub.Source}\" License=\"llama3.2\"");

        string first = build.Run(0, "build", project);
        Assert.Contains("Built with Llama", first);
        Assert.AreEqual((FakeHub.Source.ToString(), hub.Sha256), (build.LockFileOf("App").Models["Support"].BaseSource, build.LockFileOf("App").Models["Support"].BaseSha256));
        Assert.StartsWith("Built with Llama\n", await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(build.ShippedModelOf("App"))!, "Support.NOTICE.txt")));
        int requests = hub.Requests.Count;

        // Another key on the same base, without network.
        await hub.DisposeAsync();
        build.AddProject("App", seed: 2, baseMetadata: $"Source=\"{FakeHub.Source}\" License=\"llama3.2\"");
        Assert.DoesNotContain("show \"Built with Llama\"", build.Run(0, "build", project, "-p:EdgeBuildOffline=true"));
        Assert.AreEqual(requests, hub.Requests.Count);

        Directory.Delete(build.PathOf("hub"), recursive: true);
        build.AddProject("App", seed: 3, baseMetadata: $"Source=\"{FakeHub.Source}\" License=\"llama3.2\"");
        Assert.Contains("App.csproj(8,5): error EDGE4004: ", build.Run(1, "build", project, "-p:EdgeBuildOffline=true"));
    }

    [TestMethod]
    public async Task A_Locked_build_works_after_a_pull_and_says_so_before()
    {
        await using LoopbackFeed feed = await LoopbackFeed.StartAsync();
        using var build = new RealBuild();
        string project = build.AddProject("App");
        build.Write("App/nuget.config", $"<configuration><packageSources><clear /><add key=\"team\" value=\"{feed.Index}\" allowInsecureConnections=\"true\" /></packageSources></configuration>");
        build.Run(0, "build", project);
        string trained = ContentKey.OfFile(build.ShippedModelOf("App"));
        CommandLine.Run(0, "push", project, "--cache", build.Cache, "--source", "team");

        build.Cache = build.PathOf("server");
        Directory.Delete(build.PathOf("App/bin"), recursive: true);
        Assert.Contains("error EDGE0005: The model 'Support' is not in the cache", build.Run(1, "build", project, "-p:ContinuousIntegrationBuild=true"));
        CommandLine.Run(0, "pull", project, "--cache", build.Cache);
        build.Run(0, "build", project, "-p:ContinuousIntegrationBuild=true");
        Assert.AreEqual(trained, ContentKey.OfFile(build.ShippedModelOf("App")));
    }

    [TestMethod]
    public void Everything_of_a_removed_model_is_gone_and_its_next_build_trains_again()
    {
        using var build = new RealBuild();
        string project = build.AddProject("App");
        Assert.Contains("training needs about", build.Run(0, "build", project));
        string removed = CommandLine.Run(0, "cache", "remove", "Support", "--cache", build.Cache);

        Assert.Contains("Deleted 3 entries", removed);
        string[] left = [.. Directory.GetFiles(build.Cache, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal) && !file.Contains("/libtorch/", StringComparison.Ordinal))];
        Assert.IsEmpty(left, string.Join('\n', left));
        Assert.Contains("training needs about", build.Run(0, "build", project));
    }

    [TestMethod]
    public void Long_paths_with_spaces_and_letters_of_any_language_do_no_harm()
    {
        string deep = string.Join(Path.DirectorySeparatorChar, Enumerable.Repeat("Größe & Maß 100% 漢字 (x) " + new string('a', 40), 5));
        using var build = new RealBuild(deep);
        Assert.IsGreaterThan(300, build.Folder.Length);
        string project = build.AddProject("App");
        build.Run(0, "build", project);

        Assert.IsTrue(File.Exists(build.ShippedModelOf("App")));
        Assert.Contains("Support", CommandLine.Run(0, "cache", "list", "--cache", build.Cache));
    }

    [TestMethod]
    public void A_cache_that_cannot_be_written_to_is_one_error_that_says_what_to_do()
    {
        using var build = new RealBuild();
        string project = build.AddProject("App");
        build.Write("cache", "a file in the place of the folder");
        string output = build.Run(1, "build", project);

        string[] errors = [.. output.Split('\n').Where(line => line.Contains(": error ", StringComparison.Ordinal)).Select(line => line.Trim()).Distinct()];
        Assert.HasCount(1, errors, output);
        Assert.Contains("error EDGE0008: The cache", errors[0]);
        Assert.Contains("EdgeBuildCache", errors[0]);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void A_full_disk_is_one_error_and_the_next_build_goes_on()
    {
        using var build = new RealBuild();
        string project = build.AddProject("App");
        build.FixChoices("App");
        string plan = build.PathOf("App/obj/edge/Support.plan.json");

        // No file may grow above 64 KB, and growing further is an error like that of a full disk. The runtime's own double mapping is a large file.
        var start = new ProcessStartInfo("bash", ["-c", "trap '' XFSZ; ulimit -f 64; exec dotnet \"$0\" train \"$1\"", CommandLine.Worker, plan])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment[CommandLine.Natives.Key] = CommandLine.Natives.Value;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        string[] errors = [.. output.Split('\n').Where(line => line.Contains(": error ", StringComparison.Ordinal))];
        Assert.AreEqual(1, process.ExitCode, output + error.Result);
        Assert.HasCount(1, errors, output);
        Assert.Contains("EDGE0008", errors[0]);
        Assert.IsEmpty(Directory.GetDirectories(build.Cache, "*.tmp-*", SearchOption.AllDirectories));

        build.Run(0, "build", project, "--no-restore");
    }
}
