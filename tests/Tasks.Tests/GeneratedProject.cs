using System.Diagnostics;
using EdgeBuild.Tests.Shared;

namespace EdgeBuild.Tasks.Tests;

/// <summary>
/// A small app in a folder of its own, with the repository's props, targets and tasks, and the fake worker. It lies outside the repository, so
/// that nothing of the repository's own Directory.Build files reaches it.
/// </summary>
internal sealed class GeneratedProject : IDisposable
{
    private readonly string _root = System.IO.Directory.CreateTempSubdirectory("edgebuild-tasks-").FullName;

    public GeneratedProject(string folder = "app", string name = "App.csproj", string items = DefaultItems, string properties = "")
    {
        Directory = Path.Combine(_root, folder);
        ProjectFile = Path.Combine(Directory, name);
        System.IO.Directory.CreateDirectory(Cache);
        WriteAt(_root, "Directory.Build.props", $"""
            <Project>
              <PropertyGroup><NuGetAudit>false</NuGetAudit></PropertyGroup>
              <Import Project="{TestPaths.RepositoryRoot}build/EdgeBuild.props" />
            </Project>
            """);
        WriteAt(_root, "Directory.Packages.props", "<Project />");
        WriteAt(_root, "Directory.Build.targets", $"""
            <Project>
              <PropertyGroup>
                <EdgeBuildTasksAssembly>{TestPaths.TasksAssembly}</EdgeBuildTasksAssembly>
                <EdgeBuildWorkerPath Condition="'$(EdgeBuildWorkerPath)' == ''">{TestPaths.FakeWorker}</EdgeBuildWorkerPath>
                <EdgeBuildEmbeddedBase>$(MSBuildThisFileDirectory)base.gguf</EdgeBuildEmbeddedBase>
              </PropertyGroup>
              <Import Project="{TestPaths.RepositoryRoot}build/EdgeBuild.targets" />
            </Project>
            """);
        WriteAt(_root, "base.gguf", "not a model");
        Write("Program.cs", "System.Console.WriteLine(\"hello\");\n");
        Write("prompts/triage.prompty", Prompt);
        Write("data/train.jsonl", Rows(12));
        Write("data/test.jsonl", "{\"ticket\": \"a test\", \"category\": \"Billing\"}\n");
        WriteProject(items, properties);
    }

    public const string DefaultItems = """
            <EdgeModel Include="Support" />
            <EdgePrompt Include="prompts/triage.prompty" Model="Support" />
            <EdgeDataset Include="data/train.jsonl" Prompt="triage" />
            <EdgeDataset Include="data/test.jsonl" Prompt="triage" Split="Test" />
        """;

    public const string Prompt = "---\nname: triage\ninputs:\n  - name: ticket\n    kind: string\noutputs:\n  - name: category\n    kind: string\n---\nuser:\n{{ticket}}\n";

    public string Directory { get; }

    public string ProjectFile { get; }

    public string Cache => Path.Combine(_root, "cache");

    public string LockFile => Path.Combine(Directory, "edgebuild.lock.json");

    public string EdgeObj => Path.Combine(Directory, "obj", "edge");

    public string Output => Path.Combine(Directory, "bin", "Debug", "net10.0");

    public string ShippedModel => Path.Combine(Output, "edge", "Support.gguf");

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Gets the lines that the fake worker has logged: one a run.</summary>
    public string[] WorkerRuns => File.Exists(WorkerLog) ? File.ReadAllLines(WorkerLog) : [];

    private string WorkerLog => Path.Combine(_root, "worker.log");

    public static string Rows(int count) =>
        string.Concat(Enumerable.Range(0, count).Select(row => $"{{\"ticket\": \"text {row}\", \"category\": \"{(row % 2 == 0 ? "Billing" : "Access")}\"}}\n"));

    public void WriteProject(string items, string properties = "") => Write(Path.GetFileName(ProjectFile), $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <UseAppHost>false</UseAppHost>
            {properties}
          </PropertyGroup>
          <ItemGroup>
        {items}
          </ItemGroup>
        </Project>
        """);

    public void Write(string path, string text) => WriteAt(Directory, path, text);

    public void WriteBeside(string path, string text) => WriteAt(_root, path, text);

    public string PathBeside(string path) => Path.Combine(_root, path);

    public BuildResult Build(params string[] arguments) => Run(["build", ProjectFile, .. arguments]);

    /// <summary>Builds with the output from which tasks and skipped targets can be told.</summary>
    public BuildResult BuildDetailed(params string[] arguments) => Build(["--no-restore", "-v:d", .. arguments]);

    public BuildResult Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new BuildResult(process.ExitCode, output, error.Result);
    }

    public Process Start(params string[] arguments) => StartProgram("dotnet", arguments);

    public Process StartProgram(string program, params string[] arguments) => DotnetProcess.Start(
        Directory,
        arguments,
        "EDGEBUILD",
        Environment.Concat([new("EDGEBUILD_CACHE", Cache), new("EDGEBUILD_FAKE_LOG", WorkerLog)]).DistinctBy(variable => variable.Key).ToDictionary(),
        program);

    public void Dispose() => System.IO.Directory.Delete(_root, recursive: true);

    private static void WriteAt(string directory, string path, string text)
    {
        string full = Path.Combine(directory, path);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
