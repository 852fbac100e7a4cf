using System.Globalization;
using System.Text;

namespace EdgeBuild.Benchmarks;

/// <summary>
/// Two projects of a user: one with three models through the packages, as they are now in this repository, and the same one without EdgeBuild: with the
/// clients that were generated for the first as files of its own.
/// </summary>
internal sealed class PackedProjects : IDisposable
{
    private static readonly string[] _models = ["First", "Second", "Third"];

    private readonly string _root = Directory.CreateTempSubdirectory("edgebuild-bench-").FullName;
    private readonly string _version = "1.0.0-bench." + DateTime.UtcNow.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture);

    private PackedProjects()
    {
        Environment = new Dictionary<string, string>
        {
            ["NUGET_PACKAGES"] = Path.Combine(_root, "packages"),
            ["EDGEBUILD_CACHE"] = Path.Combine(_root, "cache"),
        };
    }

    /// <summary>Gets the folder of the project with three models.</summary>
    public string With => Path.Combine(_root, "with");

    /// <summary>Gets the folder of the project without EdgeBuild.</summary>
    public string Without => Path.Combine(_root, "without");

    /// <summary>Gets the variables that keep packages and artifacts of the run apart from those of the user.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Packs, writes both projects, and builds them once.</summary>
    public static async Task<PackedProjects> CreateAsync(TextWriter log, CancellationToken cancellationToken)
    {
        var projects = new PackedProjects();
        try
        {
            await log.WriteLineAsync("Packing");
            string build = Path.Combine(RepositoryFolder.Root, "build");
            await ProjectBuild.RunAsync(
                build, [Path.Combine(build, "Pack.proj"), $"-p:EdgeBuildPackageVersion={projects._version}", $"-p:PackageOutputPath={projects._root}/feed/"], cancellationToken: cancellationToken);
            projects.WriteConfiguration();

            await log.WriteLineAsync("Building with three models");
            projects.WriteWith();
            await ProjectBuild.RunAsync(projects.With, ["-p:EmitCompilerGeneratedFiles=true"], projects.Environment, cancellationToken);
            projects.WriteWithout();
            await ProjectBuild.RunAsync(projects.Without, [], projects.Environment, cancellationToken);
            return projects;
        }
        catch
        {
            projects.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string ProjectText(string items) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <RootNamespace>Measured</RootNamespace>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <NuGetAudit>false</NuGetAudit>
          </PropertyGroup>
          <ItemGroup>
        {items}
          </ItemGroup>
        </Project>
        """;

    private static string PromptText(string name) => $$$"""
        ---
        name: {{{name.ToLowerInvariant()}}}
        metadata:
          edge:
            maxInputTokens: 64
        inputs:
          - name: text
            kind: string
        outputs:
          - name: label
            kind: string
            required: true
            enumValues: [yes, no]
        ---
        user:
        {{text}}
        """;

    private void WriteConfiguration()
    {
        string restored = System.Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Directory.CreateDirectory(restored);
        Write(Path.Combine(_root, "nuget.config"), $"""
            <configuration><packageSources><add key="packed" value="{_root}/feed" /><add key="restored" value="{restored}" /></packageSources></configuration>
            """);
    }

    private void WriteWith()
    {
        var items = new StringBuilder($"""
                <PackageReference Include="EdgeBuild" Version="{_version}" />
                <EdgeBase Include="tiny" Source="{Path.Combine(RepositoryFolder.Root, "tests", "Fixtures", "smollm2", "base.gguf")}" License="MIT" />

            """);
        foreach (string model in _models)
        {
            items.AppendLine(CultureInfo.InvariantCulture, $"""
                    <EdgeModel Include="{model}" Base="tiny" Epochs="1" ReviewPasses="0" />
                    <EdgePrompt Include="{model}.prompty" Model="{model}" />
                    <EdgeDataset Include="{model}.jsonl" Prompt="{model.ToLowerInvariant()}" />
                """);
            Write(Path.Combine(With, model + ".prompty"), PromptText(model));
            Write(Path.Combine(With, model + ".jsonl"), string.Concat(Enumerable.Range(0, 40).Select(row =>
                $"{{\"text\": \"{model} {row}\", \"label\": \"{(row % 2 == 0 ? "yes" : "no")}\"}}\n")));
        }

        Write(Path.Combine(With, "App.csproj"), ProjectText(items.ToString()));
        Write(Path.Combine(With, "Program.cs"), "using Measured;\nusing var first = new First();\nConsole.WriteLine((await first.RunAsync(args[0])).Label);\n");
    }

    private void WriteWithout()
    {
        ProjectCopy.CreateWithGeneratedFiles(With, Without);
        Write(Path.Combine(Without, "App.csproj"), ProjectText($"""    <PackageReference Include="EdgeBuild.Runtime" Version="{_version}" /><Using Include="EdgeBuild.Runtime" />"""));
    }

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
