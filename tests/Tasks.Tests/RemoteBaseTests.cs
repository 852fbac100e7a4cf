using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Tasks.Tests;

/// <summary>Bases that are not files of the project: who is asked for their hash, and when nobody is.</summary>
[TestClass]
public sealed class RemoteBaseTests
{
    private const string Source = "hf:owner/repo@0123456789abcdef0123456789abcdef01234567/model.gguf";
    private const string Other = "hf:owner/repo@fedcba9876543210fedcba9876543210fedcba98/model.gguf";

    [TestMethod]
    public void An_Auto_build_learns_the_hash_once_and_the_lock_file_keeps_it()
    {
        using var project = new GeneratedProject(items: Items(Source));
        project.Build().Succeeded();
        CollectionAssert.AreEqual(new[] { "fetch " + Source, "Support" }, project.WorkerRuns);
        LockedModel locked = LockFile.Parse(project.LockFile, File.ReadAllText(project.LockFile)).Models["Support"];
        Assert.AreEqual((Source, ContentKey.OfText(Source)), (locked.BaseSource, locked.BaseSha256));

        Assert.IsFalse(project.BuildDetailed().Succeeded().Loaded("PlanEdgeModels"), "a base without a file must not make every build look again");
        project.Write("data/train.jsonl", GeneratedProject.Rows(13));
        project.Build().Succeeded();
        CollectionAssert.AreEqual(new[] { "fetch " + Source, "Support", "Support" }, project.WorkerRuns);

        project.WriteProject(Items(Other));
        project.Build().Succeeded();
        Assert.AreEqual("fetch " + Other, project.WorkerRuns[3]);
    }

    [TestMethod]
    public void A_hash_in_the_item_needs_no_look_at_the_file()
    {
        using var project = new GeneratedProject(items: Items(Source, $"Sha256=\"{new string('a', 64)}\""));
        project.Build().Succeeded();

        CollectionAssert.AreEqual(new[] { "Support" }, project.WorkerRuns);
    }

    [TestMethod]
    public void A_Locked_build_learns_nothing_new()
    {
        using var project = new GeneratedProject(items: Items(Source));
        Assert.Contains("The SHA-256 of the EdgeBase 'remote' is neither in its item nor in edgebuild.lock.json", project.Build("-p:EdgeBuildTraining=Locked").Failed("EDGE4008").Output);
        Assert.IsEmpty(project.WorkerRuns);

        project.Build().Succeeded();
        project.Build("-p:EdgeBuildTraining=Locked").Succeeded();
        Directory.Delete(project.Cache, recursive: true);
        Assert.Contains("edgebuild pull", project.Build("-p:EdgeBuildTraining=Locked").Failed("EDGE0005").Output);
    }

    [TestMethod]
    public void What_the_worker_says_of_the_source_stands_at_the_item()
    {
        using var project = new GeneratedProject(items: Items(Source));
        project.Environment["EDGEBUILD_FAKE_PRINT"] = "EdgeBuild: error EDGE4009: closed";
        string output = project.Build().Failed("EDGE4009").Output;

        Assert.Contains($"{project.ProjectFile}(9,5): error EDGE4009: closed", output);
        Assert.DoesNotContain("EDGE9002", output);
    }

    [TestMethod]
    [DataRow("EdgeBuildMaxMemory", "lots")]
    [DataRow("EdgeBuildCacheLimit", "-1GB")]
    public void A_size_that_is_none_is_an_error_of_the_project(string property, string value)
    {
        using var project = new GeneratedProject();
        Assert.Contains($"{property} is '{value}'", project.Build($"-p:{property}={value}").Failed("EDGE0001").Output);
    }

    private static string Items(string source, string metadata = "") =>
        $"    <EdgeBase Include=\"remote\" Source=\"{source}\" {metadata} />\n" + GeneratedProject.DefaultItems.Replace("Include=\"Support\"", "Include=\"Support\" Base=\"remote\"", StringComparison.Ordinal);
}
