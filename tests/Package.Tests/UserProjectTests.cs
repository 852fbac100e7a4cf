using System.IO.Compression;
using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Package.Tests;

[TestClass]
[TestCategory("EndToEnd")]
public sealed class UserProjectTests
{
    private static PackedFeed _feed = null!;

    [ClassInitialize]
    public static void Pack(TestContext context) => _feed = PackedFeed.Create();

    [ClassCleanup]
    public static void Delete() => _feed.Dispose();

    [TestMethod]
    public void A_project_with_the_one_package_trains_answers_and_then_builds_without_work()
    {
        var app = new UserApp(_feed, "first");
        Assert.IsFalse(Directory.Exists(_feed.LibTorch), "the training itself must fetch it, through the feeds of the project");
        CommandResult build = app.Dotnet("build", "-nologo").Succeeded();
        Assert.Contains("0 Warning(s)", build.Output);
        Assert.IsTrue(Directory.Exists(_feed.LibTorch));
        Assert.IsTrue(File.Exists(app.ShippedModel));
        CollectionAssert.AreEqual("GGUF"u8.ToArray(), File.ReadAllBytes(app.ShippedModel)[..4]);
        var lockFile = LockFile.Parse(app.LockFile, File.ReadAllText(app.LockFile));
        CollectionAssert.AreEqual(new[] { "Access", "Billing" }, lockFile.Labels["triage/category"].ToArray());

        CommandResult run = app.Dotnet("run", "--no-build", "--", "twice charged 3").Succeeded();
        StringAssert.Matches(run.Output.Trim(), new System.Text.RegularExpressions.Regex("^answer: (Access|Billing), same: True$"));

        DateTime trained = File.GetLastWriteTimeUtc(app.ShippedModel);
        CommandResult second = app.Dotnet("build", "-nologo", "-v:d").Succeeded();
        Assert.Contains("Skipping target \"_EdgeBuildRun\"", second.Output);
        Assert.DoesNotContain("Task \"RunEdgeWorker\"", second.Output);
        Assert.AreEqual(trained, File.GetLastWriteTimeUtc(app.ShippedModel));

        CommandResult publish = app.Dotnet("publish", "-nologo", "-v:d", "-o", Path.Combine(app.Directory, "out")).Succeeded();
        Assert.DoesNotContain("Task \"RunEdgeWorker\"", publish.Output, "another configuration is the same model");
        string[] published = [.. Directory.EnumerateFiles(Path.Combine(app.Directory, "out"), "*", SearchOption.AllDirectories).Select(Path.GetFileName)!];
        CollectionAssert.Contains(published, "Support.gguf");
        CollectionAssert.Contains(published, "Support.edge.json");
        Assert.IsFalse(published.Any(file => file.Contains("torch", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".html", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void A_wrong_label_column_is_one_error_at_its_place_and_exit_code_1()
    {
        var app = new UserApp(_feed, "second");
        app.WriteRows("label");
        CommandResult build = app.Dotnet("build", "-nologo");

        Assert.AreEqual(1, build.ExitCode, build.Output);
        string[] errors = [.. build.Output.Split('\n').Select(line => line.Trim()).Where(line => line.Contains(": error ", StringComparison.Ordinal)).Distinct()];
        Assert.HasCount(1, errors, build.Output);
        StringAssert.StartsWith(errors[0], Path.Combine(app.Directory, "data", "train.jsonl") + "(1,1): error EDGE1103: ");
        Assert.Contains("'label'", errors[0]);
        Assert.IsFalse(File.Exists(app.LockFile));
    }

    [TestMethod]
    public void A_training_without_network_and_libtorch_is_one_error_at_the_model_and_leaves_nothing()
    {
        var app = new UserApp(_feed, "third");
        CommandResult build = app.DotnetWithout("EDGEBUILD_LIBTORCH", "build", "-nologo", "-p:EdgeBuildOffline=true", "-p:EdgeBuildCache=" + Path.Combine(app.Directory, "cache"));

        Assert.AreEqual(1, build.ExitCode, build.Output);
        string[] errors = [.. build.Output.Split('\n').Select(line => line.Trim()).Where(line => line.Contains(": error ", StringComparison.Ordinal)).Distinct()];
        Assert.HasCount(1, errors, build.Output);
        StringAssert.StartsWith(errors[0], Path.Combine(app.Directory, "App.csproj") + "(12,");
        Assert.Contains(": error EDGE4004: ", errors[0]);
        Assert.IsFalse(File.Exists(app.LockFile));
        Assert.IsFalse(File.Exists(app.ShippedModel));
    }

    [TestMethod]
    public void The_packages_hold_what_they_must_and_no_libtorch()
    {
        string[] main = Entries("EdgeBuild");
        foreach (string entry in new[]
        {
            "build/EdgeBuild.props", "build/EdgeBuild.targets", "buildTransitive/EdgeBuild.targets", "buildMultiTargeting/EdgeBuild.targets",
            "tools/tasks/EdgeBuild.Tasks.dll", "tools/tasks/EdgeBuild.Data.dll", "tools/tasks/EdgeBuild.Prompts.dll", "tools/tasks/EdgeBuild.Contracts.dll",
            "tools/worker/edgebuild.dll", "tools/worker/edgebuild.deps.json", "tools/worker/edgebuild.runtimeconfig.json", "tools/worker/TorchSharp.dll",
            "analyzers/dotnet/cs/EdgeBuild.Generators.dll", "analyzers/dotnet/cs/EdgeBuild.Prompts.dll", "analyzers/dotnet/cs/EdgeBuild.Contracts.dll", "analyzers/dotnet/cs/EdgeBuild.CodeFixes.dll",
            "README.md", "schemas/prompty-front-matter.schema.json",
        })
        {
            CollectionAssert.Contains(main, entry);
        }

        Assert.IsFalse(main.Any(entry => entry.StartsWith("lib/", StringComparison.Ordinal)), "the app references the runtime package, not the build package");
        Assert.IsFalse(main.Any(entry => entry.Contains("libtorch", StringComparison.OrdinalIgnoreCase) || entry.Contains("llama.v", StringComparison.Ordinal)));
        CollectionAssert.Contains(Entries("EdgeBuild.Runtime"), "lib/net10.0/EdgeBuild.Runtime.dll");
        CollectionAssert.Contains(Entries("EdgeBuild.Runtime.Native.linux-x64"), "runtimes/linux-x64/native/libggml-base.so");
        CollectionAssert.Contains(Entries("EdgeBuild.Base.SmolLM2"), "model/SmolLM2-135M-Instruct.Q4_1.gguf");

        // The gallery's limit.
        foreach (string package in Directory.GetFiles(_feed.Packages))
        {
            Assert.IsLessThan(250_000_000, new FileInfo(package).Length, package);
        }
    }

    private static string[] Entries(string id)
    {
        using ZipArchive archive = ZipFile.OpenRead(Path.Combine(_feed.Packages, $"{id}.{_feed.Version}.nupkg"));
        return [.. archive.Entries.Select(entry => entry.FullName)];
    }
}
