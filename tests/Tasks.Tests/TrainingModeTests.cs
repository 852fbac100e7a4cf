namespace EdgeBuild.Tasks.Tests;

[TestClass]
public sealed class TrainingModeTests
{
    [TestMethod]
    public void Locked_is_an_error_without_the_artifact_and_quiet_with_it()
    {
        using var project = new GeneratedProject();
        project.Build("-p:EdgeBuildTraining=Locked").Failed("EDGE0005");
        Assert.IsEmpty(project.WorkerRuns);
        Assert.IsFalse(File.Exists(project.LockFile));

        project.Build().Succeeded();
        string lockText = File.ReadAllText(project.LockFile);
        project.Build("-p:EdgeBuildTraining=Locked").Succeeded();

        project.Write("data/test.jsonl", "{\"ticket\": \"another\", \"category\": \"Access\"}\n");
        Assert.Contains("measured on other test rows", project.Build("-p:EdgeBuildTraining=Locked").Failed("EDGE0005").Output);

        project.Write("data/train.jsonl", GeneratedProject.Rows(14));
        BuildResult changed = project.Build("-p:EdgeBuildTraining=Locked").Failed("EDGE0005");
        Assert.Contains("made from other rows", changed.Output);
        Assert.HasCount(1, project.WorkerRuns);
        Assert.AreEqual(lockText, File.ReadAllText(project.LockFile));
    }

    [TestMethod]
    public void A_build_server_is_locked_unless_it_says_otherwise()
    {
        using var project = new GeneratedProject(properties: "<ContinuousIntegrationBuild>true</ContinuousIntegrationBuild>");

        project.Build().Failed("EDGE0005");
        project.Environment["EdgeBuildTraining"] = "Auto";
        project.Build().Succeeded();
    }

    [TestMethod]
    public void Locked_refuses_a_file_that_is_not_the_one_of_the_lock_file()
    {
        using var project = new GeneratedProject();
        project.Build().Succeeded();
        string model = Directory.GetFiles(project.Cache, "Support.gguf", SearchOption.AllDirectories).Single();
        File.AppendAllText(model, "x");

        BuildResult result = project.Build("-p:EdgeBuildTraining=Locked").Failed("EDGE0005");
        Assert.Contains("is not the one of edgebuild.lock.json", result.Output);
    }

    [TestMethod]
    public void Never_ships_what_the_lock_file_names_and_looks_at_no_data()
    {
        using var project = new GeneratedProject();
        BuildResult without = project.Build("-p:EdgeBuildTraining=Never").Succeeded();
        Assert.Contains("warning EDGE0005: There is no edgebuild.lock.json yet that names the model 'Support'", without.Output);
        Assert.Contains("Build once with EdgeBuildTraining=Auto", without.Output);
        Assert.DoesNotContain("edgebuild pull", without.Output);
        Assert.IsFalse(File.Exists(project.ShippedModel));

        project.Build().Succeeded();
        Directory.Delete(project.Output, recursive: true);
        project.Write("data/train.jsonl", "broken");
        BuildResult with = project.Build("-p:EdgeBuildTraining=Never").Succeeded();
        Assert.DoesNotContain("EDGE", with.Output.Replace("EDGEBUILD", string.Empty, StringComparison.OrdinalIgnoreCase));
        Assert.IsTrue(File.Exists(project.ShippedModel));
        Assert.HasCount(1, project.WorkerRuns);

        Directory.Delete(project.Cache, recursive: true);
        Assert.Contains("warning EDGE0005: The model 'Support' of edgebuild.lock.json is not in the cache", project.Build("-p:EdgeBuildTraining=Never").Succeeded().Output);
        File.WriteAllText(project.LockFile, File.ReadAllText(project.LockFile).Replace("\"Support\"", "\"Former\"", StringComparison.Ordinal));
        Assert.Contains("warning EDGE0005: The model 'Support' is not in edgebuild.lock.json", project.Build("-p:EdgeBuildTraining=Never").Succeeded().Output);
    }

    [TestMethod]
    public void An_unknown_mode_is_an_error()
    {
        using var project = new GeneratedProject();
        project.Build("-p:EdgeBuildTraining=Sometimes").Failed("EDGE0001");
    }

    [TestMethod]
    public void A_gate_is_held_against_a_cached_model_too()
    {
        using var project = new GeneratedProject();
        project.Build().Succeeded();
        project.WriteProject(GeneratedProject.DefaultItems.Replace("Include=\"Support\"", "Include=\"Support\" MinAccuracy=\"0.95\"", StringComparison.Ordinal));
        BuildResult result = project.Build().Failed("EDGE2002");

        Assert.Contains("90.0 %", result.Output);
        Assert.HasCount(1, project.WorkerRuns);
    }

    [TestMethod]
    public void A_gate_whose_figure_an_older_version_did_not_measure_lets_nothing_pass()
    {
        using var project = new GeneratedProject(items: GeneratedProject.DefaultItems.Replace("Include=\"Support\"", "Include=\"Support\" MinF1=\"0.5\" MinRougeL=\"0.9\"", StringComparison.Ordinal));
        project.Build().Succeeded();
        string fragment = Directory.GetFiles(project.Cache, "edgebuild.lock.json", SearchOption.AllDirectories).Single();
        foreach (string file in new[] { fragment, project.LockFile })
        {
            string text = File.ReadAllText(file);
            Assert.Contains("\"macroF1\": 0.9, ", text);
            File.WriteAllText(file, text.Replace("\"macroF1\": 0.9, ", string.Empty, StringComparison.Ordinal));
        }

        Assert.Contains("edgebuild.lock.json has no figure of the model 'Support' that MinF1 could judge", project.Build("-p:EdgeBuildTraining=Locked").Failed("EDGE0005").Output);
        Assert.HasCount(1, project.WorkerRuns);
        project.Build().Succeeded();
        Assert.HasCount(2, project.WorkerRuns, "The worker measures it again.");
        project.Build("-p:EdgeBuildTraining=Locked").Succeeded();
        Assert.HasCount(2, project.WorkerRuns, "No output is free text, so MinRougeL judges nothing.");
    }
}
