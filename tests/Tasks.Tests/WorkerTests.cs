using System.Diagnostics;

namespace EdgeBuild.Tasks.Tests;

[TestClass]
public sealed class WorkerTests
{
    [TestMethod]
    public void A_diagnostic_of_the_worker_becomes_one_of_the_build_and_the_last_good_state_stays()
    {
        using var project = new GeneratedProject();
        project.Build().Succeeded();
        string lockText = File.ReadAllText(project.LockFile);
        string list = File.ReadAllText(Path.Combine(project.EdgeObj, "outputs.txt"));

        project.Write("data/train.jsonl", GeneratedProject.Rows(15));
        project.Environment["EDGEBUILD_FAKE_PRINT"] = "data/train.jsonl(3,5): error EDGE2005: too long {0}";
        project.Environment["EDGEBUILD_FAKE_EXIT"] = "1";
        BuildResult failed = project.Build().Failed("EDGE2005");

        Assert.Contains(Path.Combine(project.Directory, "data", "train.jsonl") + "(3,5): error EDGE2005: too long {0}", failed.Output);
        Assert.DoesNotContain("EDGE9002", failed.Output);
        Assert.AreEqual(lockText, File.ReadAllText(project.LockFile));
        Assert.AreEqual(list, File.ReadAllText(Path.Combine(project.EdgeObj, "outputs.txt")));

        project.Environment.Clear();
        project.Build().Succeeded();
        Assert.AreNotEqual(lockText, File.ReadAllText(project.LockFile));
    }

    [TestMethod]
    public void A_warning_of_the_worker_does_not_stop_the_build()
    {
        using var project = new GeneratedProject();
        project.Environment["EDGEBUILD_FAKE_PRINT"] = "EdgeBuild: warning EDGE2001: careful";
        Assert.Contains("warning EDGE2001: careful", project.Build().Succeeded().Output);
    }

    [TestMethod]
    [DataRow("EdgeBuild: error EDGE0008: full", 9, "error EDGE0008: full")]
    [DataRow("BASE: error EDGE4001: damaged", 10, "error EDGE4001: BASE: damaged")]
    [DataRow("/elsewhere/x: error EDGE4003: other", 9, "error EDGE4003: /elsewhere/x: other")]
    public void What_the_worker_says_about_no_line_stands_at_the_item_of_the_project(string printed, int line, string message)
    {
        using var project = new GeneratedProject(items: GeneratedProject.DefaultItems.Replace(
            "<EdgeModel Include=\"Support\" />",
            "<EdgeModel Include=\"Support\" Base=\"own\" />\n<EdgeBase Include=\"own\" Source=\"../base.gguf\" />",
            StringComparison.Ordinal));
        string basePath = project.PathBeside("base.gguf");
        project.Environment["EDGEBUILD_FAKE_PRINT"] = printed.Replace("BASE", basePath, StringComparison.Ordinal);
        project.Environment["EDGEBUILD_FAKE_EXIT"] = "1";
        BuildResult failed = project.Build();

        string[] errors = [.. failed.Output.Split('\n').Where(text => text.Contains(": error ", StringComparison.Ordinal)).Select(text => text.Trim()).Distinct()];
        Assert.HasCount(1, errors, failed.Output);
        StringAssert.StartsWith(errors[0], $"{project.ProjectFile}({line},");
        Assert.Contains(message.Replace("BASE", basePath, StringComparison.Ordinal), errors[0]);
        Assert.IsFalse(File.Exists(project.LockFile));
        Assert.IsFalse(File.Exists(Path.Combine(project.EdgeObj, "edgebuild.stamp")));
    }

    [TestMethod]
    public void A_worker_that_was_interrupted_is_no_defect()
    {
        using var project = new GeneratedProject();
        project.Environment["EDGEBUILD_FAKE_EXIT"] = "130";
        Assert.DoesNotContain("EDGE9002", project.Build().Failed("EDGE2004").Output);
    }

    [TestMethod]
    public void A_worker_that_ends_without_a_word_is_an_error()
    {
        using var project = new GeneratedProject();
        project.Environment["EDGEBUILD_FAKE_EXIT"] = "134";
        Assert.Contains("exit code 134", project.Build().Failed("EDGE9002").Output);
    }

    [TestMethod]
    public void A_missing_worker_is_an_error()
    {
        using var project = new GeneratedProject();
        project.Build("-p:EdgeBuildWorkerPath=/nowhere/edgebuild.dll").Failed("EDGE9002");
    }

    [TestMethod]
    [DataRow("", DisplayName = "a worker that listens")]
    [DataRow("1", DisplayName = "a worker that does not listen")]
    [OSCondition(OperatingSystems.Linux)]
    public void Cancelling_the_build_ends_the_worker_and_leaves_nothing_behind(string deaf)
    {
        using var project = new GeneratedProject();
        project.Run("restore", project.ProjectFile).Succeeded();
        project.Environment["EDGEBUILD_FAKE_SECONDS"] = "600";
        project.Environment["EDGEBUILD_FAKE_DEAF"] = deaf;
        using Process build = project.Start("build", project.ProjectFile, "--no-restore");
        WaitUntil(() => project.WorkerRuns.Length > 0);
        using Process interrupt = Process.Start("kill", ["-INT", build.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        _ = build.StandardOutput.ReadToEndAsync();
        _ = build.StandardError.ReadToEndAsync();
        build.WaitForExit();

        Assert.AreNotEqual(0, build.ExitCode);
        WaitUntil(() => !WorkerIsRunning(project));
        Assert.IsFalse(File.Exists(project.LockFile));
        Assert.IsFalse(File.Exists(Path.Combine(project.EdgeObj, "edgebuild.stamp")));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void A_killed_build_takes_the_worker_with_it()
    {
        using var project = new GeneratedProject();
        project.Run("restore", project.ProjectFile).Succeeded();
        project.Environment["EDGEBUILD_FAKE_SECONDS"] = "600";
        using Process build = project.Start("build", project.ProjectFile, "--no-restore", "-m:1");
        WaitUntil(() => project.WorkerRuns.Length > 0);
        build.Kill();
        build.WaitForExit();

        WaitUntil(() => project.WorkerRuns.Contains("cancelled"));
        WaitUntil(() => !WorkerIsRunning(project));
    }

    private static bool WorkerIsRunning(GeneratedProject project)
    {
        string plan = Path.Combine(project.EdgeObj, "Support.plan.json");
        return Directory.GetDirectories("/proc").Any(process =>
        {
            try
            {
                return int.TryParse(Path.GetFileName(process), out _) && File.ReadAllText(Path.Combine(process, "cmdline")).Contains(plan, StringComparison.Ordinal);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        });
    }

    /// <summary>Waits for what must happen; the limit only keeps a defect from hanging the run.</summary>
    private static void WaitUntil(Func<bool> condition)
    {
        bool happened = SpinWait.SpinUntil(
            () =>
            {
                Thread.Sleep(50);
                return condition();
            },
            TimeSpan.FromMinutes(3));
        Assert.IsTrue(happened);
    }
}
