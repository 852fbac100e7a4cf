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
        RunDotnet(RepositoryRoot, [], "build", Path.Combine(RepositoryRoot, "build", "Pack.proj"), "-nologo", "-c", Metadata("Configuration"), $"-p:EdgeBuildPackageVersion={version}", $"-p:PackageOutputPath={feed.Packages}/").Succeeded();
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
        },
        arguments);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static CommandResult RunDotnet(string directory, Dictionary<string, string> environment, params string[] arguments)
    {
        using Process process = DotnetProcess.Start(directory, arguments, "EdgeBuildTraining", environment);
        process.StandardInput.Close();
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
