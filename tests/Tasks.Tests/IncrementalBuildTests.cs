using System.Text.RegularExpressions;
using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Tasks.Tests;

[TestClass]
public sealed class IncrementalBuildTests
{
    [TestMethod]
    public void The_first_build_trains_and_later_ones_load_no_task()
    {
        using var project = new GeneratedProject();

        BuildResult first = project.Build("-v:d").Succeeded();
        Assert.IsTrue(first.RanTask("RunEdgeWorker"));
        CollectionAssert.AreEqual(new[] { "Support" }, project.WorkerRuns);
        Assert.IsTrue(File.Exists(project.ShippedModel));
        Assert.IsTrue(File.Exists(Path.Combine(project.Output, "edge", "Support.edge.json")));
        Assert.IsTrue(File.Exists(Path.Combine(project.EdgeObj, "Support.report.html")));
        var lockFile = LockFile.Parse(project.LockFile, File.ReadAllText(project.LockFile));
        CollectionAssert.AreEqual(new[] { "Access", "Billing" }, lockFile.Labels["triage/category"].ToArray());

        for (int build = 2; build <= 3; build++)
        {
            BuildResult next = project.BuildDetailed().Succeeded();
            Assert.Contains("Skipping target \"_EdgeBuildRun\" because all output files are up-to-date", next.Output);
            Assert.IsFalse(next.Loaded("PlanEdgeModels"), $"build {build}");
            Assert.IsFalse(next.Loaded("RunEdgeWorker"), $"build {build}");
            Assert.IsFalse(next.Loaded("UpdateEdgeLockFile"), $"build {build}");
            Assert.Contains("Skipping target \"CoreCompile\"", next.Output);
            Assert.IsTrue(File.Exists(project.ShippedModel), "IncrementalClean must not remove it");
        }

        Assert.HasCount(1, project.WorkerRuns);
    }

    [TestMethod]
    public void The_lock_file_that_the_first_build_writes_reaches_its_own_compiler()
    {
        using var project = new GeneratedProject();
        project.Build().Succeeded();

        string config = File.ReadAllText(Path.Combine(project.Directory, "obj", "Debug", "net10.0", "App.GeneratedMSBuildEditorConfig.editorconfig"));
        string lockSection = Section(config, "edgebuild.lock.json");
        string promptSection = Section(config, "prompts/triage.prompty");
        Assert.Contains("build_metadata.AdditionalFiles.EdgeBuildKind = Lock", lockSection);
        Assert.Contains("build_metadata.AdditionalFiles.EdgeBuildKind = Prompt", promptSection);
        Assert.Contains("build_metadata.AdditionalFiles.EdgeModel = Support", promptSection);
    }

    [TestMethod]
    public void A_changed_prompt_changes_a_file_that_editors_compile()
    {
        using var project = new GeneratedProject();
        project.Build().Succeeded();
        string marker = Path.Combine(project.EdgeObj, "EdgeBuild.Marker.g.cs");
        string before = File.ReadAllText(marker);
        Assert.Contains("// triage.prompty ", before);
        Assert.Contains("// edgebuild.lock.json ", before);
        DateTime written = File.GetLastWriteTimeUtc(marker);

        BuildResult unchanged = project.BuildDetailed().Succeeded();
        Assert.AreEqual(written, File.GetLastWriteTimeUtc(marker));
        Assert.Contains("Skipping target \"CoreCompile\"", unchanged.Output);

        project.Write("prompts/triage.prompty", GeneratedProject.Prompt + "Please.\n");
        BuildResult changed = project.BuildDetailed().Succeeded();
        Assert.AreNotEqual(before, File.ReadAllText(marker));
        Assert.IsTrue(changed.RanTask("Csc"));
        Assert.Contains("EdgeBuild.Marker.g.cs", changed.Output);

        project.Build("-t:Clean").Succeeded();
        Assert.IsFalse(File.Exists(marker));
    }

    [TestMethod]
    public void A_new_label_in_front_of_the_others_comes_last_in_the_lock_file()
    {
        using var project = new GeneratedProject();
        string prompt = GeneratedProject.Prompt.Replace("kind: string\n---", "kind: string\n    enumValues: [Billing, Access]\n---", StringComparison.Ordinal);
        project.Write("prompts/triage.prompty", prompt);
        project.Build().Succeeded();
        project.Write("prompts/triage.prompty", prompt.Replace("[Billing", "[Refund, Billing", StringComparison.Ordinal));
        project.Build().Succeeded();

        Assert.AreSequenceEqual(["Billing", "Access", "Refund"], LockFile.Parse(project.LockFile, File.ReadAllText(project.LockFile)).Labels["triage/category"]);
    }

    [TestMethod]
    public void Builds_in_which_nothing_changes_are_a_use_of_the_cache_once_a_day()
    {
        using var project = new GeneratedProject();
        project.Build().Succeeded();
        string entry = Path.Combine(Directory.GetDirectories(Path.Combine(project.Cache, "models")).Single(), "done");
        DateTime longAgo = DateTime.UtcNow.AddDays(-40);
        File.SetLastWriteTimeUtc(entry, longAgo);

        project.BuildDetailed().Succeeded();
        Assert.IsLessThan(DateTime.UtcNow.AddDays(-39), File.GetLastWriteTimeUtc(entry), "the same day");

        File.SetLastWriteTimeUtc(Path.Combine(project.EdgeObj, "use.stamp"), longAgo);
        BuildResult nextDay = project.BuildDetailed().Succeeded();
        Assert.IsGreaterThan(DateTime.UtcNow.AddDays(-1), File.GetLastWriteTimeUtc(entry));
        Assert.IsFalse(nextDay.Loaded("PlanEdgeModels"));
        Assert.IsFalse(project.BuildDetailed().Succeeded().Loaded("MarkEdgeCacheUse"));
        Assert.HasCount(1, project.WorkerRuns);
    }

    [TestMethod]
    public void Another_version_of_the_package_looks_again_and_trains_nothing()
    {
        using var project = new GeneratedProject();
        project.Build().Succeeded();
        string lockText = File.ReadAllText(project.LockFile);
        string[] moved = [.. new[] { TestPaths.TasksAssembly, TestPaths.FakeWorker }.Select(assembly =>
        {
            string folder = Directory.CreateDirectory(project.PathBeside("new " + Path.GetFileNameWithoutExtension(assembly))).FullName;
            foreach (string file in Directory.GetFiles(Path.GetDirectoryName(assembly)!))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }

            return Path.Combine(folder, Path.GetFileName(assembly));
        })];

        BuildResult upgraded = project.BuildDetailed("-p:EdgeBuildTasksAssembly=" + moved[0], "-p:EdgeBuildWorkerPath=" + moved[1]).Succeeded();
        Assert.IsTrue(upgraded.RanTask("PlanEdgeModels"));
        Assert.HasCount(1, project.WorkerRuns);
        Assert.AreEqual(lockText, File.ReadAllText(project.LockFile));
    }

    [TestMethod]
    public void A_touched_dataset_is_looked_at_once_and_trains_nothing()
    {
        using var project = new GeneratedProject();
        project.Build().Succeeded();
        File.SetLastWriteTimeUtc(Path.Combine(project.Directory, "data", "train.jsonl"), DateTime.UtcNow.AddSeconds(2));

        Assert.IsTrue(project.BuildDetailed().Succeeded().RanTask("PlanEdgeModels"));
        File.SetLastWriteTimeUtc(Path.Combine(project.Directory, "data", "train.jsonl"), DateTime.UtcNow.AddDays(-400));
        Assert.IsTrue(project.BuildDetailed().Succeeded().RanTask("PlanEdgeModels"), "an older file may be another one");
        Assert.IsFalse(project.BuildDetailed().Succeeded().RanTask("PlanEdgeModels"));
        Assert.HasCount(1, project.WorkerRuns);
    }

    [TestMethod]
    public void Changed_rows_prompts_and_settings_train_again_and_changing_back_does_not()
    {
        using var project = new GeneratedProject();
        project.Build().Succeeded();

        project.Write("data/train.jsonl", GeneratedProject.Rows(13));
        project.BuildDetailed().Succeeded();
        Assert.HasCount(2, project.WorkerRuns);

        project.Write("prompts/triage.prompty", GeneratedProject.Prompt + "Please.\n");
        project.BuildDetailed().Succeeded();
        Assert.HasCount(3, project.WorkerRuns);

        project.WriteProject(GeneratedProject.DefaultItems.Replace("Include=\"Support\"", "Include=\"Support\" Epochs=\"2\"", StringComparison.Ordinal));
        project.BuildDetailed().Succeeded();
        Assert.HasCount(4, project.WorkerRuns);

        project.WriteProject(GeneratedProject.DefaultItems);
        project.BuildDetailed().Succeeded();
        Assert.HasCount(4, project.WorkerRuns);
    }

    [TestMethod]
    public void Changed_test_rows_are_only_measured_again()
    {
        using var project = new GeneratedProject();
        project.Build().Succeeded();
        string before = KeyOf(project);
        project.Write("data/test.jsonl", "{\"ticket\": \"another\", \"category\": \"Access\"}\n");
        project.BuildDetailed().Succeeded();

        Assert.HasCount(2, project.WorkerRuns);
        Assert.AreEqual(before, KeyOf(project));
    }

    [TestMethod]
    public void What_was_deleted_comes_back()
    {
        using var project = new GeneratedProject();
        project.Build().Succeeded();
        string lockText = File.ReadAllText(project.LockFile);

        Directory.Delete(Path.Combine(project.Output, "edge"), recursive: true);
        project.BuildDetailed().Succeeded();
        Assert.IsTrue(File.Exists(project.ShippedModel));

        File.Delete(project.LockFile);
        project.BuildDetailed().Succeeded();
        Assert.AreEqual(lockText, File.ReadAllText(project.LockFile));
        Assert.HasCount(1, project.WorkerRuns);

        Directory.Delete(project.Cache, recursive: true);
        project.BuildDetailed().Succeeded();
        Assert.HasCount(2, project.WorkerRuns);
        Assert.AreEqual(lockText, File.ReadAllText(project.LockFile));
    }

    [TestMethod]
    public void Clean_removes_what_the_build_made_except_the_cache()
    {
        using var project = new GeneratedProject();
        project.Build().Succeeded();
        project.Run("clean", project.ProjectFile).Succeeded();

        Assert.IsEmpty(Directory.GetFiles(project.EdgeObj));
        Assert.IsFalse(File.Exists(project.ShippedModel));
        Assert.IsTrue(File.Exists(project.LockFile));
        project.Build("-t:Rebuild").Succeeded();
        Assert.IsTrue(File.Exists(project.ShippedModel));
        Assert.HasCount(1, project.WorkerRuns);
    }

    [TestMethod]
    public void A_lock_file_with_the_line_ends_of_another_system_is_not_rewritten()
    {
        using var project = new GeneratedProject();
        project.Build().Succeeded();
        string windows = File.ReadAllText(project.LockFile).Replace("\n", "\r\n", StringComparison.Ordinal);
        File.WriteAllText(project.LockFile, windows);
        project.BuildDetailed().Succeeded();

        Assert.AreEqual(windows, File.ReadAllText(project.LockFile));
    }

    private static string KeyOf(GeneratedProject project) =>
        LockFile.Parse(project.LockFile, File.ReadAllText(project.LockFile)).Models["Support"].ModelKey;

    private static string Section(string config, string file) =>
        Regex.Split(config, @"^\[", RegexOptions.Multiline).Single(section => section.Contains(file + "]", StringComparison.Ordinal));
}
