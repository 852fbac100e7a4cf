using System.Diagnostics;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Text;
using System.Xml.Linq;
using EdgeBuild.Tests.Shared;

namespace EdgeBuild.Package.Tests;

/// <summary>
/// What the packages say about the repository that they come from, in a copy of the files that decide it: one with a remote, as the release machine's has.
/// </summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class SourceLinkTests
{
    private const string Remote = "https://github.com/example/edgebuild";

    /// <summary>The kind of custom debug information that holds SourceLink's map.</summary>
    private static readonly Guid _sourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    private readonly string _copy = Directory.CreateTempSubdirectory("edgebuild-sourcelink-").FullName;

    [TestCleanup]
    public void RemoveCopy() => Directory.Delete(_copy, recursive: true);

    [TestMethod]
    public void Symbols_and_packages_name_repository_and_commit()
    {
        string[] copied = ["Directory.Build.props", "Directory.Packages.props", "global.json", "NOTICE", "README.md", ".editorconfig", "src/Contracts", "build/pack"];
        foreach (string path in copied)
        {
            Copy(path);
        }

        Write("models/SmolLM2-135M-Instruct.Q4_1.gguf", "not a model");
        Write("models/README.md", "about");
        Write("models/LICENSE-SmolLM2-135M-Instruct.txt", "licence");
        Write(".gitignore", "bin/\nobj/\nartifacts/\n");
        Run("git", "init", "-q");
        Run("git", "remote", "add", "origin", Remote + ".git");
        Run("git", "add", ".");
        Run("git", "-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "all");
        string commit = Run("git", "rev-parse", "HEAD").Trim();

        Run("dotnet", "build", "src/Contracts", "-c", "Release", "-nologo");
        using var provider = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.Combine(_copy, "src/Contracts/bin/Release/netstandard2.0/EdgeBuild.Contracts.pdb")));
        MetadataReader reader = provider.GetMetadataReader();
        CustomDebugInformation[] maps = [.. reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Where(information => reader.GetGuid(information.Kind) == _sourceLink)];
        Assert.HasCount(1, maps);
        string map = Encoding.UTF8.GetString(reader.GetBlobBytes(maps[0].Value));
        Assert.Contains($"https://raw.githubusercontent.com/example/edgebuild/{commit}/*", map);

        Run("dotnet", "pack", "build/pack/EdgeBuild.Base.SmolLM2.csproj", "-c", "Release", "-nologo", "-o", "packages");
        using ZipArchive package = ZipFile.OpenRead(Directory.GetFiles(Path.Combine(_copy, "packages"), "*.nupkg").Single());
        using Stream nuspec = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        XElement repository = XDocument.Load(nuspec).Descendants().Single(element => element.Name.LocalName == "repository");
        Assert.AreEqual("git", repository.Attribute("type")?.Value);
        Assert.StartsWith(Remote, repository.Attribute("url")!.Value);
        Assert.AreEqual(commit, repository.Attribute("commit")?.Value);
    }

    private void Copy(string path)
    {
        string source = Path.Combine(PackedFeed.RepositoryRoot, path);
        IEnumerable<string> files = File.Exists(source) ? [source]
            : Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Where(file =>
                Path.GetRelativePath(source, file).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"));
        foreach (string file in files)
        {
            string target = Path.Combine(_copy, Path.GetRelativePath(PackedFeed.RepositoryRoot, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_copy, path))!);
        File.WriteAllText(Path.Combine(_copy, path), text);
    }

    private string Run(string program, params string[] arguments)
    {
        using Process process = DotnetProcess.Start(_copy, arguments, "EdgeBuildTraining", new Dictionary<string, string>(), program);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, output + error.Result);
        return output;
    }
}
