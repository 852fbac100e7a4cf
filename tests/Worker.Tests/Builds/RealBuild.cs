using System.Diagnostics;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Tests.Shared;
using EdgeBuild.Training;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Tests.Builds;

/// <summary>Projects that <c>dotnet build</c> trains with the repository's targets and tasks and the real worker, on the tiny model of the fixtures.</summary>
internal sealed class RealBuild : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("edgebuild-build-").FullName;
    private readonly string _folder;

    /// <param name="subfolder">A folder below the temporary one, to try strange names.</param>
    public RealBuild(string subfolder = "work")
    {
        _folder = Directory.CreateDirectory(Path.Combine(_root, subfolder)).FullName;
        Cache = Path.Combine(_folder, "cache");
        Write("Directory.Build.props", $"""
            <Project>
              <PropertyGroup><NuGetAudit>false</NuGetAudit></PropertyGroup>
              <Import Project="{RepositoryFiles.Root}/build/EdgeBuild.props" />
            </Project>
            """);
        Write("Directory.Packages.props", "<Project />");
        Write("Directory.Build.targets", $"""
            <Project>
              <PropertyGroup>
                <EdgeBuildTasksAssembly>{CommandLine.Output("Tasks", "netstandard2.0", "EdgeBuild.Tasks.dll")}</EdgeBuildTasksAssembly>
                <EdgeBuildWorkerPath>{CommandLine.Worker}</EdgeBuildWorkerPath>
                <EdgeBuildThreads>1</EdgeBuildThreads>
              </PropertyGroup>
              <Import Project="{RepositoryFiles.Root}/build/EdgeBuild.targets" />
            </Project>
            """);
        File.Copy(RepositoryFiles.Fixture("smollm2", "base.gguf"), Path.Combine(_folder, "base.gguf"));
        Write("color.prompty", SmallProject.Colors);
        Write("train.csv", "text,color,size\n" + SmallProject.Rows(0, 80));
        Write("test.csv", "text,color,size\n" + SmallProject.Rows(1000, 10));
    }

    public string Cache { get; set; }

    public string Folder => _folder;

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Adds a library with one model.</summary>
    /// <returns>The project file.</returns>
    public string AddProject(string name, int seed = 1, double epochs = 1, string baseMetadata = "Source=\"../base.gguf\"", string items = "")
    {
        Write($"{name}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <UseSharedCompilation>false</UseSharedCompilation>
                <EnableDefaultItems>false</EnableDefaultItems>
              </PropertyGroup>
              <ItemGroup>
                <EdgeBase Include="tiny" {baseMetadata} />
                <EdgeModel Include="Support" Base="tiny" Rank="4" Epochs="{epochs.ToString(System.Globalization.CultureInfo.InvariantCulture)}" Seed="{seed}" LearningRate="0.01" />
                <EdgePrompt Include="../color.prompty" Model="Support" />
                <EdgeDataset Include="../train.csv" Prompt="color" />
                <EdgeDataset Include="../test.csv" Prompt="color" Split="Test" />
                {items}
              </ItemGroup>
            </Project>
            """);
        return PathOf($"{name}/{name}.csproj");
    }

    /// <summary>Adds a project that builds others in parallel.</summary>
    public string AddTraversal(string name, IEnumerable<string> projects)
    {
        Write(name, $"""
            <Project DefaultTargets="Build">
              <ItemGroup><Built Include="{string.Join(';', projects)}" /></ItemGroup>
              <Target Name="Restore"><MSBuild Projects="@(Built)" Targets="Restore" BuildInParallel="true" Properties="MSBuildRestoreSessionId=1" /></Target>
              <Target Name="Build"><MSBuild Projects="@(Built)" BuildInParallel="true" /></Target>
            </Project>
            """);
        return PathOf(name);
    }

    public string PathOf(string relative) => Path.Combine([_folder, .. relative.Split('/')]);

    public LockFile LockFileOf(string name) => LockFile.Parse("lock", File.ReadAllText(PathOf($"{name}/{LockFile.FileName}")));

    public string ShippedModelOf(string name) => PathOf($"{name}/bin/Debug/net10.0/edge/Support.gguf");

    /// <summary>
    /// Fixes what a look at the machine would choose, for all keys to come: a build with a mode that may not train writes the plan.
    /// </summary>
    public void FixChoices(string name)
    {
        Run(1, "build", PathOf($"{name}/{name}.csproj"), "-p:EdgeBuildTraining=Locked");
        TrainingPlan plan = TrainingPlan.Parse(File.ReadAllText(PathOf($"{name}/obj/edge/Support.plan.json")));
        new InterruptedRun(Path.Combine(Cache, "checkpoints", plan.AdapterKey)).Remember(ComputeType.Float32, 4096);
    }

    public Process Start(params string[] arguments) => StartProgram("dotnet", arguments);

    public Process StartProgram(string program, params string[] arguments) => DotnetProcess.Start(
        _folder, arguments, "EDGEBUILD", new Dictionary<string, string>(Environment.Append(CommandLine.Natives)) { ["EDGEBUILD_CACHE"] = Cache, [CheckpointInterval.Variable] = "0.05" }, program);

    public string Run(int expected, params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        Assert.AreEqual(expected, process.ExitCode, output);
        return output;
    }

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), text);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
