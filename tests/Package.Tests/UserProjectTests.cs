using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Package.Tests;

[TestClass]
[TestCategory("EndToEnd")]
public sealed class UserProjectTests
{
    [TestMethod]
    public void A_project_with_the_one_package_trains_answers_and_then_builds_without_work()
    {
        UserApp app = SharedFeed.FirstApp;
        CommandResult build = SharedFeed.FirstBuild.Succeeded();
        Assert.IsFalse(SharedFeed.LibTorchWasThere, "the training itself must fetch it, through the feeds of the project");
        Assert.Contains("0 Warning(s)", build.Output);
        Assert.IsTrue(Directory.Exists(SharedFeed.Feed.LibTorch));
        Assert.IsTrue(File.Exists(app.ShippedModel));
        CollectionAssert.AreEqual("GGUF"u8.ToArray(), File.ReadAllBytes(app.ShippedModel)[..4]);
        var lockFile = LockFile.Parse(app.LockFile, File.ReadAllText(app.LockFile));
        CollectionAssert.AreEqual(new[] { "Access", "Billing" }, lockFile.Labels["triage/category"].ToArray());

        app.Dotnet("run", "--no-build", "--", "twice charged 3").Answered();
        string[] natives = [.. app.FilesOf("bin/Debug/net10.0").Where(file => file.StartsWith("runtimes/", StringComparison.Ordinal))];
        Assert.IsNotEmpty(natives);
        Assert.IsEmpty(natives.Where(file => !file.StartsWith($"runtimes/{HostPlatform}/", StringComparison.Ordinal)), "a build is for this machine");

        DateTime trained = File.GetLastWriteTimeUtc(app.ShippedModel);
        CommandResult second = app.Dotnet("build", "-nologo", "-v:d").WithoutWork();
        Assert.Contains("Skipping target \"_EdgeBuildRun\"", second.Output);
        Assert.AreEqual(trained, File.GetLastWriteTimeUtc(app.ShippedModel));
    }

    [TestMethod]
    public void A_wrong_label_column_is_one_error_at_its_place_and_exit_code_1()
    {
        var app = new UserApp(SharedFeed.Feed, "second");
        app.Write("data/train.jsonl", UserFolder.Rows(40, "label"));
        CommandResult build = app.Dotnet("build", "-nologo");

        Assert.AreEqual(1, build.ExitCode, build.Output);
        string[] errors = build.Errors;
        Assert.HasCount(1, errors, build.Output);
        StringAssert.StartsWith(errors[0], Path.Combine(app.Directory, "data", "train.jsonl") + "(1,1): error EDGE1103: ");
        Assert.Contains("'label'", errors[0]);
        Assert.IsFalse(File.Exists(app.LockFile));
    }

    [TestMethod]
    public void A_training_without_network_and_libtorch_is_one_error_at_the_model_and_leaves_nothing()
    {
        var app = new UserApp(SharedFeed.Feed, "third");
        CommandResult build = app.DotnetWithout("EDGEBUILD_LIBTORCH", "build", "-nologo", "-p:EdgeBuildOffline=true", "-p:EdgeBuildCache=" + Path.Combine(app.Directory, "cache"));

        Assert.AreEqual(1, build.ExitCode, build.Output);
        string[] errors = build.Errors;
        Assert.HasCount(1, errors, build.Output);
        StringAssert.StartsWith(errors[0], Path.Combine(app.Directory, "App.csproj") + "(12,");
        Assert.Contains(": error EDGE4004: ", errors[0]);
        Assert.IsFalse(File.Exists(app.LockFile));
        Assert.IsFalse(File.Exists(app.ShippedModel));
    }

    private static string HostPlatform => System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;
}
