using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using EdgeBuild.Tests.Shared;

namespace EdgeBuild.Package.Tests;

/// <summary>All packages, packed once with a version of their own, and the folders of a machine that has never seen EdgeBuild.</summary>
internal sealed class PackedFeed : IDisposable
{
    private PackedFeed(string root, string version)
    {
        Root = root;
        Version = version;
    }

    public static string RepositoryRoot => Metadata(nameof(RepositoryRoot));

    public static string TinyBase => Path.Combine(RepositoryRoot, "tests", "Fixtures", "smollm2", "base.gguf");

    public string Root { get; }

    public string Version { get; }

    public string Packages => Path.Combine(Root, "feed");

    public string Cache => Path.Combine(Root, "cache");

    /// <summary>Gets the folder that appears with the first training.</summary>
    public string LibTorch => Path.Combine(PackagesFolder, "libtorch-cpu-linux-x64");

    private string PackagesFolder => Path.Combine(Root, "packages");

    public static PackedFeed Create()
    {
        string version = "1.0.0-test." + DateTime.UtcNow.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture);
        var feed = new PackedFeed(Directory.CreateTempSubdirectory("edgebuild-package-").FullName, version);

        // The packing itself runs with the caches of this machine, as a release does.
        CommandResult pack = RunDotnet(
            RepositoryRoot, [], "build", Path.Combine(RepositoryRoot, "build", "Pack.proj"), "-nologo", "-c", Metadata("Configuration"), $"-p:EdgeBuildPackageVersion={version}", $"-p:PackageOutputPath={feed.Packages}/");
        Assert.Contains("0 Warning(s)", pack.Succeeded().Output, pack.Output);
        feed.WriteConfiguration();
        return feed;
    }

    /// <summary>Runs dotnet with package folder and cache of its own.</summary>
    public CommandResult Run(string directory, params string[] arguments) => Run(directory, [], arguments);

    /// <summary>Runs dotnet with package folder and cache of its own, and further variables.</summary>
    public CommandResult Run(string directory, Dictionary<string, string> variables, params string[] arguments) => RunDotnet(
        directory,
        new Dictionary<string, string>(variables)
        {
            ["NUGET_PACKAGES"] = PackagesFolder,
            ["EDGEBUILD_CACHE"] = Cache,
            ["DOTNET_CLI_HOME"] = Path.Combine(Root, "home"),
            ["DOTNET_NOLOGO"] = "1",
            ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
        },
        arguments);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>Runs a program with an empty EdgeBuild cache, so that it finds only what lies beside it.</summary>
    public CommandResult RunProgram(string path, params string[] arguments) =>
        Finish(DotnetProcess.Start(Root, arguments, "EdgeBuildTraining", ProgramEnvironment, path));

    /// <summary>Runs the tool with an empty EdgeBuild cache and the restored packages, among them libtorch.</summary>
    public CommandResult RunTool(string path, params string[] arguments) => Finish(
        DotnetProcess.Start(Root, arguments, "EdgeBuildTraining", new Dictionary<string, string>(ProgramEnvironment) { ["NUGET_PACKAGES"] = PackagesFolder }, path),
        keepInput: true);

    /// <summary>Starts a program that ends only when it is killed.</summary>
    public Process StartProgram(string path, Dictionary<string, string> variables, params string[] arguments) => DotnetProcess.Start(
        Root, arguments, "EdgeBuildTraining", new Dictionary<string, string>(variables.Concat(ProgramEnvironment)), path);

    private Dictionary<string, string> ProgramEnvironment => new() { ["EDGEBUILD_CACHE"] = Path.Combine(Root, "nothing") };

    private static CommandResult RunDotnet(string directory, Dictionary<string, string> environment, params string[] arguments) =>
        Finish(DotnetProcess.Start(directory, arguments, "EdgeBuildTraining", environment));

    /// <param name="started">The process.</param>
    /// <param name="keepInput">The worker ends with its input: then nobody waits for it.</param>
    private static CommandResult Finish(Process started, bool keepInput = false)
    {
        using Process process = started;
        if (!keepInput)
        {
            process.StandardInput.Close();
        }

        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new CommandResult(process.ExitCode, output, error.Result);
    }

    private static string Metadata(string key) =>
        typeof(PackedFeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;

    /// <summary>The packed packages and the feeds of this machine, and nothing that a folder above may add.</summary>
    private void WriteConfiguration()
    {
        string[] sources =
        [
            .. RunDotnet(RepositoryRoot, [], "nuget", "list", "source", "--format", "short").Succeeded().Output.Split('\n')
                .Where(line => line.StartsWith("E ", StringComparison.Ordinal) || line.StartsWith("EM ", StringComparison.Ordinal))
                .Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim()),
        ];
        // What this machine has restored before is a feed too, and needs no network.
        string restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        sources = Directory.Exists(restored) ? [restored, .. sources] : sources;
        IEnumerable<string> lines = sources.Select((source, index) => $"    <add key=\"machine{index}\" value=\"{source}\" />");
        File.WriteAllText(Path.Combine(Root, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="packed" value="{Packages}" />
            {string.Join("\n", lines)}
              </packageSources>
            </configuration>
            """);
        // The gallery's vulnerability data is not reachable from every machine, and a warning about that is none about the packages.
        File.WriteAllText(Path.Combine(Root, "Directory.Build.props"), "<Project><PropertyGroup><NuGetAudit>false</NuGetAudit></PropertyGroup></Project>");
        File.WriteAllText(Path.Combine(Root, "Directory.Build.targets"), "<Project />");
        File.WriteAllText(Path.Combine(Root, "Directory.Packages.props"), "<Project />");
    }
}
