namespace EdgeBuild.Tasks.Tests;

/// <summary>Warnings of tasks and worker obey the properties that hold for those of the compiler.</summary>
[TestClass]
public sealed class WarningTests
{
    private const string Printed = "EdgeBuild: warning EDGE3005: coarse";

    [TestMethod]
    [DataRow("data")]
    [DataRow("worker")]
    public void A_warning_can_be_silenced(string origin)
    {
        using GeneratedProject project = Create(origin, out string code);
        Assert.Contains($"warning {code}", project.Build().Succeeded().Output);

        project.WriteProject(GeneratedProject.DefaultItems, $"<NoWarn>$(NoWarn);{code}</NoWarn>");
        Assert.DoesNotContain(code, Retrained(project).Succeeded().Output);
    }

    [TestMethod]
    [DataRow("data", "WarningsAsErrors")]
    [DataRow("worker", "WarningsAsErrors")]
    [DataRow("data", "TreatWarningsAsErrors")]
    [DataRow("worker", "TreatWarningsAsErrors")]
    public void A_warning_can_be_made_an_error(string origin, string property)
    {
        using GeneratedProject project = Create(origin, out string code);
        string value = property == "WarningsAsErrors" ? $"$(WarningsAsErrors);{code}" : "true";
        project.WriteProject(GeneratedProject.DefaultItems, $"<{property}>{value}</{property}>");

        project.Build().Failed(code);
        Assert.IsFalse(File.Exists(Path.Combine(project.EdgeObj, "edgebuild.stamp")), "the next build must not take it for good");
    }

    /// <summary>The training has succeeded, so the next build finds its result in the cache, and what was warned of still holds for it.</summary>
    [TestMethod]
    public void A_warning_of_the_training_is_given_by_every_build_that_takes_its_result()
    {
        using GeneratedProject project = Create("worker", out string code);
        project.WriteProject(GeneratedProject.DefaultItems, "<TreatWarningsAsErrors>true</TreatWarningsAsErrors>");
        project.Build().Failed(code);
        project.Build().Failed(code);
        Assert.HasCount(1, project.WorkerRuns);

        project.WriteProject(GeneratedProject.DefaultItems);
        BuildResult accepted = project.Build().Succeeded();
        Assert.Contains($"App.csproj(9,", accepted.Output);
        Assert.Contains($"warning {code}: coarse", accepted.Output);
        Assert.HasCount(1, project.WorkerRuns);
    }

    [TestMethod]
    public void A_warning_can_be_kept_out_of_the_errors()
    {
        using GeneratedProject project = Create("data", out string code);
        project.WriteProject(GeneratedProject.DefaultItems, $"<TreatWarningsAsErrors>true</TreatWarningsAsErrors><WarningsNotAsErrors>{code}</WarningsNotAsErrors>");

        Assert.Contains($"warning {code}", project.Build().Succeeded().Output);
    }

    [TestMethod]
    public void A_detailed_log_holds_the_plan_and_the_worker_and_rows_only_on_request()
    {
        using GeneratedProject project = Create("data", out string code);
        string log = project.Build("-v:diag").Succeeded().Output;
        Assert.Contains(code, log);
        Assert.Contains("\"adapterKey\":", log);
        Assert.Contains("@progress 100 0 training", log);
        Assert.DoesNotContain("text 0", log);

        project.Write("data/test.jsonl", "{\"ticket\": \"another test\", \"category\": \"Access\"}\n");
        Assert.Contains("train.jsonl(13): {\"ticket\": \"text 0\"", project.Build("-v:diag", "-p:EdgeBuildLogData=true").Succeeded().Output);
    }

    /// <summary>TreatWarningsAsErrors reaches only the codes that the targets name.</summary>
    [TestMethod]
    public void The_targets_name_every_code_that_a_task_or_the_worker_warns_with()
    {
        string[] ofTheCompiler = ["EDGE0101", "EDGE0102", "EDGE0103", "EDGE1005", "EDGE1006", "EDGE1010", "EDGE1020"];
        string targets = File.ReadAllText(Path.Combine(TestPaths.RepositoryRoot, "build", "EdgeBuild.Building.targets"));
        string[] warnings =
        [
            .. File.ReadLines(Path.Combine(TestPaths.RepositoryRoot, "docs", "errors", "README.md"))
                .Where(line => line.StartsWith("| [EDGE", StringComparison.Ordinal) && line.Split('|')[3].Contains("warning", StringComparison.Ordinal))
                .Select(line => line.Split('[', ']')[1]),
        ];

        Assert.IsNotEmpty(warnings);
        foreach (string code in warnings.Except(ofTheCompiler))
        {
            Assert.Contains(";" + code, targets);
        }
    }

    private static BuildResult Retrained(GeneratedProject project) => project.Build("-p:EdgeBuildCache=" + project.PathBeside("other"));

    private static GeneratedProject Create(string origin, out string code)
    {
        var project = new GeneratedProject();
        if (origin == "data")
        {
            // Two equal rows.
            project.Write("data/train.jsonl", GeneratedProject.Rows(12) + GeneratedProject.Rows(1));
            code = "EDGE1112";
        }
        else
        {
            project.Environment["EDGEBUILD_FAKE_PRINT"] = Printed;
            code = "EDGE3005";
        }

        return project;
    }
}
