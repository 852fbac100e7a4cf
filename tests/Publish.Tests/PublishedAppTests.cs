using System.Diagnostics;
using System.Reflection;
using EdgeBuild.Tests;
using EdgeBuild.Tests.Shared;

namespace EdgeBuild.Publish.Tests;

/// <summary>Apps that are published ahead of time compiled, and trimmed into one file, run on their own and answer as others do.</summary>
[TestClass]
[TestCategory("EndToEnd")]
[DoNotParallelize]
public sealed class PublishedAppTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edge-publish-").FullName;

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void Remove() => Directory.Delete(_directory, recursive: true);

    [TestMethod]
    [DataRow("PublishAot", DisplayName = "native code")]
    [DataRow("PublishTrimmed", DisplayName = "trimmed, one file")]
    public async Task A_published_app_has_no_warnings_runs_alone_and_gives_the_answers_of_this_process(string mode)
    {
        string linker = "clang";
        if (mode == "PublishAot" && !IsOnPath(linker))
        {
            linker = "gcc";
            if (!IsOnPath(linker))
            {
                Assert.Inconclusive("Native code is linked with clang or gcc, and neither is installed.");
            }
        }

        string root = RepositoryFiles.Root;
        Write("Directory.Build.props", "<Project />");
        Write("Directory.Build.targets", $"""<Project><Import Project="{root}/build/Natives.targets" /></Project>""");
        Write(
            "App.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <RuntimeIdentifier>{(OperatingSystem.IsLinux() ? "linux-x64" : string.Empty)}</RuntimeIdentifier>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <{mode}>true</{mode}>
                <PublishSingleFile>{(mode == "PublishTrimmed" ? "true" : "false")}</PublishSingleFile>
                <SelfContained>true</SelfContained>
                <InvariantGlobalization>true</InvariantGlobalization>
                <NuGetAudit>false</NuGetAudit>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <CppCompilerAndLinker>{linker}</CppCompilerAndLinker>
                <LinkerFlavor Condition="'{linker}' == 'gcc'"></LinkerFlavor>
                <UseLlamaCppNatives>true</UseLlamaCppNatives>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Microsoft.Extensions.DependencyInjection" Version="10.0.15" />
                <ProjectReference Include="{root}/src/Runtime/EdgeBuild.Runtime.csproj" />
                <Compile Include="{root}/tests/Publish.Tests/PublishedProgram.cs" />
              </ItemGroup>
            </Project>
            """);
        Write("Program.cs", "Console.WriteLine(await EdgeBuild.Publish.Tests.PublishedProgram.AnswerAsync(args[0]));");
        string output = Path.Combine(_directory, "out");
        (int published, string log, string warnings) = await RunAsync(DotnetProcess.Start(
            _directory, ["publish", "-nologo", "-v:q", "-c", "Release", "-o", output], "EDGEBUILD_", new Dictionary<string, string>()));
        Assert.AreEqual(0, published, log + warnings);

        string model = RepositoryFiles.Fixture("smollm2", "base.gguf");
        string app = Path.Combine(output, OperatingSystem.IsWindows() ? "App.exe" : "App");
        Assert.IsFalse(File.Exists(Path.Combine(output, "App.dll")), "the code is within the one file");
        Assert.IsTrue(Directory.Exists(Path.Combine(output, "runtimes")), "llama.cpp lies beside it");

        (string answer, string events) = await AnswerAsync(app, model);
        Assert.AreEqual(await PublishedProgram.AnswerAsync(model), answer);
        Assert.DoesNotContain("event 7", events);

        string? natives = typeof(PublishedAppTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().SingleOrDefault(attribute => attribute.Key == "VulkanNatives")?.Value;
        if (natives is null)
        {
            return;
        }

        // The package of a GPU adds one file.
        string library = Directory.GetFiles(natives, "*vulkan*").Single();
        File.Copy(library, Path.Combine(Directory.GetDirectories(Path.Combine(output, "runtimes"), "native", SearchOption.AllDirectories).Single(), Path.GetFileName(library)));
        (string answerBeside, string eventsBeside) = await AnswerAsync(app, model);
        if (eventsBeside.Contains("event 6", StringComparison.Ordinal))
        {
            Assert.Inconclusive("This machine has a GPU: " + eventsBeside);
        }

        Assert.AreEqual(answer, answerBeside);
        Assert.Contains($"event 7: No GPU can be used, so that the processor computes. {Path.GetFileName(library)}: ", eventsBeside);
    }

    private async Task<(string Answer, string Events)> AnswerAsync(string app, string model)
    {
        // Nothing of the machine helps: no cache, no variables, another working directory.
        var start = new ProcessStartInfo(app, [model]) { WorkingDirectory = Path.GetTempPath(), RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["EDGEBUILD_CACHE"] = Path.Combine(_directory, "none");
        (int exitCode, string answer, string events) = await RunAsync(Process.Start(start)!);
        Assert.AreEqual(0, exitCode, events);
        return (answer.Trim(), events);
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(Process process)
    {
        using (process)
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, output, await errors);
        }
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory, name), text);
}
