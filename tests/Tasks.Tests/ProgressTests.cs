using System.Diagnostics;

namespace EdgeBuild.Tasks.Tests;

/// <summary>What a build prints at each verbosity, beside and below the terminal logger, and under commands that build quietly.</summary>
[TestClass]
public sealed class ProgressTests
{
    private const string Progress = "EdgeBuild: Support:   0 % training";

    [TestMethod]
    [DataRow("-v:m")]
    [DataRow("--nologo", DisplayName = "the verbosity that dotnet build has unasked")]
    public void Minimal_verbosity_has_three_lines_a_model_whether_it_is_made_or_found(string argument)
    {
        using GeneratedProject project = Create();
        BuildResult trained = project.Build(argument).Succeeded();
        CollectionAssert.AreEqual(
            new[] { "EdgeBuild: Support: training needs nothing", "EdgeBuild: Support: 90 % right" }, Lines(trained.Output).Take(2).ToArray(), trained.Output);
        Assert.HasCount(3, Lines(trained.Output), trained.Output);
        Assert.StartsWith("EdgeBuild: Support: report ", Lines(trained.Output)[2]);
        Assert.IsEmpty(trained.Error);

        Directory.Delete(project.EdgeObj, recursive: true);
        BuildResult found = project.Build(argument).Succeeded();
        string[] lines = Lines(found.Output);
        Assert.HasCount(3, lines, found.Output);
        Assert.AreEqual("EdgeBuild: Support: nothing to do, it is in the cache", lines[0]);
        Assert.AreEqual("EdgeBuild: Support: triage/category 90.0 % right (untuned base 50.0 %) on 10 test rows", lines[1]);
        Assert.StartsWith("EdgeBuild: Support: report file:///", lines[2]);

        Assert.IsEmpty(Lines(project.Build(argument).Succeeded().Output), "nothing has changed");
        Assert.HasCount(1, project.WorkerRuns);
    }

    [TestMethod]
    public void Quiet_verbosity_has_none()
    {
        using GeneratedProject project = Create();
        BuildResult result = project.Build("-v:q").Succeeded();

        Assert.DoesNotContain("EdgeBuild", result.Output);
        Assert.IsEmpty(result.Error);
        Assert.HasCount(1, project.WorkerRuns);
    }

    [TestMethod]
    public void Normal_verbosity_has_progress_and_details_too()
    {
        using GeneratedProject project = Create();
        BuildResult result = project.Build("-v:n").Succeeded();

        Assert.Contains(Progress, result.Output);
        Assert.Contains("EdgeBuild: a detail", result.Output);
        Assert.Contains("EdgeBuild: Support: training needs nothing", result.Output);
        Assert.IsEmpty(result.Error);
    }

    [TestMethod]
    public void Under_dotnet_run_headlines_and_progress_stand_beside_the_output_of_the_app()
    {
        using GeneratedProject project = Create();
        BuildResult result = project.Run("run", "--project", project.ProjectFile).Succeeded();

        Assert.AreEqual("hello", result.Output.Trim());
        Assert.Contains(Progress, result.Error);
        Assert.Contains("EdgeBuild: Support: 90 % right", result.Error);
        Assert.DoesNotContain("a detail", result.Error);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void A_training_in_a_worker_node_of_MSBuild_is_shown_like_any_other()
    {
        using GeneratedProject project = Create();
        project.Environment["MSBUILDNOINPROCNODE"] = "1";
        BuildResult result = project.Run("run", "--project", project.ProjectFile).Succeeded();

        Assert.AreEqual("hello", result.Output.Trim());
        Assert.Contains(Progress, result.Error);
        BuildResult build = project.Build("-t:Rebuild", "-v:n", "-p:EdgeBuildCache=" + project.PathBeside("other")).Succeeded();
        Assert.AreEqual(1, build.Count("  0 % training"), "an ordinary build shows it once");
        Assert.IsEmpty(build.Error);
    }

    [TestMethod]
    public void Progress_beside_the_log_can_be_switched_off()
    {
        using GeneratedProject project = Create("<EdgeBuildProgress>None</EdgeBuildProgress>");

        Assert.DoesNotContain("training", project.Run("run", "--project", project.ProjectFile).Succeeded().Error);
    }

    /// <summary>The terminal logger draws its last lines anew many times a second and counts lines: whatever scrolls would be drawn over.</summary>
    [TestMethod]
    [DataRow("on", DisplayName = "with the terminal logger")]
    [DataRow("off", DisplayName = "with the console logger")]
    [OSCondition(OperatingSystems.Linux)]
    public void On_a_terminal_progress_is_one_line_that_is_overwritten(string terminalLogger)
    {
        const string Script = "/usr/bin/script";
        if (!File.Exists(Script))
        {
            Assert.Inconclusive("The program 'script', which makes a terminal, is not on this machine.");
        }

        using GeneratedProject project = Create();
        project.Run("restore", project.ProjectFile).Succeeded();
        string command = $"dotnet build '{project.ProjectFile}' --no-restore -m:1 -nodeReuse:false -tl:{terminalLogger}";
        using Process terminal = project.StartProgram(Script, "-qec", command, "/dev/null");
        terminal.StandardInput.Close();
        string output = terminal.StandardOutput.ReadToEnd();
        terminal.WaitForExit();

        Assert.AreEqual(0, terminal.ExitCode, output);
        string[] shown = [.. output.Split('\r').Where(part => part.Contains("Support:", StringComparison.Ordinal) && part.Contains(" % training", StringComparison.Ordinal))];
        Assert.IsNotEmpty(shown, output);
        Assert.IsEmpty(shown.Where(part => part.Contains('\n', StringComparison.Ordinal)), output);
        Assert.AreEqual(terminalLogger == "on" ? 0 : 1, output.Split("Support: 90 % right").Length - 1, output);
    }

    private static GeneratedProject Create(string properties = "")
    {
        var project = new GeneratedProject(properties: properties);
        project.Environment["EDGEBUILD_FAKE_SECONDS"] = "1";
        return project;
    }

    private static string[] Lines(string output) =>
        [.. output.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("EdgeBuild: ", StringComparison.Ordinal))];
}
