namespace EdgeBuild.Tasks.Tests;

[TestClass]
public sealed class ProjectShapeTests
{
    [TestMethod]
    public void Two_target_frameworks_in_parallel_train_once_and_both_get_the_model()
    {
        using var project = new GeneratedProject(properties: "<OutputType>Library</OutputType>");
        File.Delete(Path.Combine(project.Directory, "Program.cs"));
        project.Write("App.csproj", File.ReadAllText(project.ProjectFile).Replace(
            "<TargetFramework>net10.0</TargetFramework>",
            "<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks>",
            StringComparison.Ordinal));
        project.Environment["EDGEBUILD_FAKE_SECONDS"] = "1";
        project.Build("-m:4").Succeeded();

        Assert.HasCount(1, project.WorkerRuns);
        Assert.IsTrue(File.Exists(project.ShippedModel));
        Assert.IsTrue(File.Exists(project.ShippedModel.Replace("net10.0", "netstandard2.0", StringComparison.Ordinal)));

        project.Build("-m:4", "-t:Rebuild").Succeeded();
        Assert.HasCount(1, project.WorkerRuns);
        Assert.IsTrue(File.Exists(project.ShippedModel));
        Assert.IsTrue(File.Exists(project.ShippedModel.Replace("net10.0", "netstandard2.0", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void A_design_time_build_collects_items_and_writes_nothing()
    {
        using var project = new GeneratedProject();
        project.Run("restore", project.ProjectFile).Succeeded();
        BuildResult result = project.Run(
            "msbuild", project.ProjectFile, "-t:Compile", "-p:DesignTimeBuild=true", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true", "-v:d").Succeeded();

        Assert.Contains("triage.prompty", result.Output);
        Assert.IsFalse(result.Loaded("PlanEdgeModels"));
        Assert.IsEmpty(project.WorkerRuns);
        Assert.IsFalse(Directory.Exists(project.EdgeObj));
        Assert.IsFalse(File.Exists(project.LockFile));
    }

    [TestMethod]
    public void A_project_without_items_is_left_alone()
    {
        using var project = new GeneratedProject(items: string.Empty);
        BuildResult result = project.Build("-v:d").Succeeded();

        Assert.IsFalse(result.Loaded("PlanEdgeModels"));
        Assert.IsFalse(Directory.Exists(project.EdgeObj));
        Assert.IsFalse(File.Exists(project.LockFile));
    }

    [TestMethod]
    public void A_disabled_project_is_left_alone()
    {
        using var project = new GeneratedProject(properties: "<EdgeBuildEnabled>false</EdgeBuildEnabled>");
        project.Build().Succeeded();

        Assert.IsEmpty(project.WorkerRuns);
        Assert.IsFalse(File.Exists(project.LockFile));
    }

    [TestMethod]
    public void Spaces_and_letters_of_any_language_in_paths_do_no_harm()
    {
        using var project = new GeneratedProject(folder: "meine App ä (1) 漢字 + @ 100 %");
        project.Build().Succeeded();
        Assert.IsTrue(File.Exists(project.ShippedModel));

        project.Write("data/train.jsonl", GeneratedProject.Rows(12) + "{\"ticket\": \"x\"}\n");
        BuildResult failed = project.Build("--no-restore").Failed("EDGE1103");
        Assert.Contains(Path.Combine(project.Directory, "data", "train.jsonl") + "(13,1): error EDGE1103", failed.Output);
    }

    [TestMethod]
    public void Publish_with_and_without_a_build_and_as_a_single_file_has_the_model_beside_the_app()
    {
        using var project = new GeneratedProject();
        string[] runtime = ["-r", System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier, "--no-self-contained"];
        project.Run(["publish", project.ProjectFile, "-o", project.PathBeside("out1")]).Succeeded();
        project.Run(["publish", project.ProjectFile, "--no-build", "-o", project.PathBeside("out2")]).Succeeded();
        project.Run(["publish", project.ProjectFile, "-p:PublishSingleFile=true", "-p:UseAppHost=true", .. runtime, "-o", project.PathBeside("out3")]).Succeeded();

        foreach (string output in new[] { "out1", "out2", "out3" })
        {
            Assert.IsTrue(File.Exists(Path.Combine(project.PathBeside(output), "edge", "Support.gguf")), output);
            Assert.IsTrue(File.Exists(Path.Combine(project.PathBeside(output), "edge", "Support.edge.json")), output);
            Assert.IsEmpty(Directory.GetFiles(project.PathBeside(output), "*.html", SearchOption.AllDirectories));
        }

        Assert.HasCount(1, project.WorkerRuns);
    }

    [TestMethod]
    public void An_app_that_references_a_library_with_a_model_gets_it_on_the_first_build()
    {
        using var project = new GeneratedProject(folder: "lib", name: "Lib.csproj", properties: "<OutputType>Library</OutputType>");
        File.Delete(Path.Combine(project.Directory, "Program.cs"));
        project.WriteBeside("host/Program.cs", "System.Console.WriteLine(\"hello\");\n");
        project.WriteBeside("host/Host.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><ProjectReference Include="../lib/Lib.csproj" /></ItemGroup>
            </Project>
            """);
        project.Run("build", project.PathBeside("host/Host.csproj")).Succeeded();

        Assert.IsTrue(File.Exists(project.PathBeside("host/bin/Debug/net10.0/edge/Support.gguf")));
        Assert.IsFalse(File.Exists(project.PathBeside("host/edgebuild.lock.json")));
    }

    [TestMethod]
    public void Another_language_is_an_error_of_the_project()
    {
        using var project = new GeneratedProject(name: "App.vbproj");
        File.Delete(Path.Combine(project.Directory, "Program.cs"));
        project.Write("Program.vb", "Module Program\nSub Main()\nEnd Sub\nEnd Module\n");

        project.Build().Failed("EDGE0007");
    }

    [TestMethod]
    public void Items_of_one_target_framework_only_are_an_error_and_not_an_app_without_its_model()
    {
        using var project = new GeneratedProject(properties: "<OutputType>Library</OutputType>");
        File.Delete(Path.Combine(project.Directory, "Program.cs"));
        project.Write("App.csproj", File.ReadAllText(project.ProjectFile)
            .Replace("<TargetFramework>net10.0</TargetFramework>", "<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks>", StringComparison.Ordinal)
            .Replace("<ItemGroup>", "<ItemGroup Condition=\"'$(TargetFramework)' == 'net10.0'\">", StringComparison.Ordinal));

        project.Build().Failed("EDGE0001");
        Assert.IsEmpty(project.WorkerRuns);
    }

    /// <summary>What Visual Studio asks before it builds: its own check looks at these items only.</summary>
    [TestMethod]
    public void Visual_Studio_learns_which_files_make_the_app_stale()
    {
        using var project = new GeneratedProject();
        project.Build().Succeeded();
        BuildResult result = project.Run(
            "msbuild", project.ProjectFile, "-t:EdgeBuildCollectUpToDateCheck", "-p:DesignTimeBuild=true", "-getItem:UpToDateCheckInput,UpToDateCheckOutput,UpToDateCheckBuilt").Succeeded();
        using var items = System.Text.Json.JsonDocument.Parse(result.Output);
        System.Text.Json.JsonElement[] Items(string type) => [.. items.RootElement.GetProperty("Items").GetProperty(type).EnumerateArray()];

        CollectionAssert.AreEquivalent(
            new[] { "triage.prompty", "train.jsonl", "test.jsonl", "edgebuild.lock.json" },
            Items("UpToDateCheckInput").Where(item => item.GetProperty("Set").GetString() == "EdgeBuild").Select(item => Path.GetFileName(item.GetProperty("Identity").GetString())).ToArray());
        System.Text.Json.JsonElement stamp = Items("UpToDateCheckOutput").Single(item => item.GetProperty("Set").GetString() == "EdgeBuild");
        Assert.IsTrue(File.Exists(stamp.GetProperty("FullPath").GetString()));
        foreach (System.Text.Json.JsonElement copy in Items("UpToDateCheckBuilt"))
        {
            Assert.IsTrue(File.Exists(copy.GetProperty("FullPath").GetString()), "beside the app");
            StringAssert.StartsWith(copy.GetProperty("Original").GetString(), project.Cache);
        }

        CollectionAssert.AreEquivalent(
            new[] { "Support.gguf", "Support.edge.json" }, Items("UpToDateCheckBuilt").Select(item => Path.GetFileName(item.GetProperty("Identity").GetString())).ToArray());
    }
}
