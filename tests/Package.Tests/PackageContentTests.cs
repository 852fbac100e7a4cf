using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace EdgeBuild.Package.Tests;

[TestClass]
[TestCategory("EndToEnd")]
public sealed class PackageContentTests
{
    private static readonly string[] _packages =
    [
        "EdgeBuild", "EdgeBuild.Base.SmolLM2", "EdgeBuild.Runtime", "EdgeBuild.Templates", "EdgeBuild.Tool",
        .. NativePayloadTests.Platforms.Concat(NativePayloadTests.GpuPlatforms).Select(platform => "EdgeBuild.Runtime.Native." + platform),
    ];

    [TestMethod]
    public void The_packages_hold_what_they_must_and_no_libtorch()
    {
        string[] main = Entries("EdgeBuild");
        foreach (string entry in new[]
        {
            "buildTransitive/EdgeBuild.props", "buildTransitive/EdgeBuild.targets", "buildTransitive/EdgeBuild.Model.targets", "buildTransitive/rules/EdgeModel.xaml", "build/EdgeBuild.targets", "buildMultiTargeting/EdgeBuild.targets",
            "tools/tasks/EdgeBuild.Tasks.dll", "tools/tasks/EdgeBuild.Data.dll", "tools/tasks/EdgeBuild.Prompts.dll", "tools/tasks/EdgeBuild.Contracts.dll",
            "tools/worker/edgebuild.dll", "tools/worker/edgebuild.deps.json", "tools/worker/edgebuild.runtimeconfig.json", "tools/worker/TorchSharp.dll",
            "analyzers/dotnet/cs/EdgeBuild.Generators.dll", "analyzers/dotnet/cs/EdgeBuild.Prompts.dll", "analyzers/dotnet/cs/EdgeBuild.Contracts.dll", "analyzers/dotnet/cs/EdgeBuild.CodeFixes.dll",
            "schemas/prompty-front-matter.schema.json",
        })
        {
            CollectionAssert.Contains(main, entry);
        }

        Assert.IsFalse(main.Any(entry => entry.StartsWith("lib/", StringComparison.Ordinal)), "the app references the runtime package, not the build package");
        Assert.IsFalse(main.Any(entry => entry.Contains("llama.v", StringComparison.Ordinal)));
        CollectionAssert.Contains(Entries("EdgeBuild.Runtime"), "lib/net10.0/EdgeBuild.Runtime.dll");
        CollectionAssert.Contains(Entries("EdgeBuild.Base.SmolLM2"), "model/SmolLM2-135M-Instruct.Q4_1.gguf");
        CollectionAssert.Contains(Entries("EdgeBuild.Tool"), "tools/net10.0/any/edgebuild.dll");
        CollectionAssert.Contains(Entries("EdgeBuild.Templates"), "content/console/.template.config/template.json");
    }

    [TestMethod]
    public void Every_package_has_icon_readme_and_licence_and_feeds_accept_its_size()
    {
        CollectionAssert.AreEquivalent(
            _packages.Select(package => $"{package}.{SharedFeed.Feed.Version}.nupkg").Append($"EdgeBuild.Runtime.{SharedFeed.Feed.Version}.snupkg").ToArray(),
            Directory.GetFiles(SharedFeed.Feed.Packages).Select(Path.GetFileName).ToArray());
        foreach (string package in _packages)
        {
            string[] entries = Entries(package);
            CollectionAssert.IsSubsetOf(new[] { "README.md", "icon.png", "NOTICE" }, entries, package);
            Assert.IsFalse(entries.Any(entry => entry.Contains("libtorch", StringComparison.OrdinalIgnoreCase) || entry.Contains("torch_cpu", StringComparison.OrdinalIgnoreCase)), package);
            Assert.HasCount(entries.Length, entries.Distinct(), package);
            Assert.IsLessThan(200_000_000, new FileInfo(PathOf(package)).Length, package);

            using ZipArchive archive = ZipFile.OpenRead(PathOf(package));
            using Stream nuspec = archive.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
            XElement metadata = XDocument.Load(nuspec).Root!.Elements().First();
            string Value(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value ?? string.Empty;
            Assert.AreEqual("icon.png", Value("icon"), package);
            Assert.AreEqual("README.md", Value("readme"), package);
            Assert.IsNotEmpty(Value("license"), package);
            Assert.IsNotEmpty(Value("description"), package);
        }
    }

    [TestMethod]
    public void The_symbol_package_has_the_symbols_of_the_very_assemblies()
    {
        using ZipArchive symbols = ZipFile.OpenRead(Path.ChangeExtension(PathOf("EdgeBuild.Runtime"), ".snupkg"));
        using ZipArchive package = ZipFile.OpenRead(PathOf("EdgeBuild.Runtime"));
        ZipArchiveEntry[] assemblies = [.. package.Entries.Where(entry => entry.FullName.EndsWith(".dll", StringComparison.Ordinal))];
        Assert.HasCount(4, assemblies);
        foreach (ZipArchiveEntry assembly in assemblies)
        {
            using var image = new PEReader(Copy(assembly));
            CodeViewDebugDirectoryData identity = image.ReadCodeViewDebugDirectoryData(image.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.CodeView));
            using var provider = MetadataReaderProvider.FromPortablePdbStream(Copy(symbols.GetEntry(Path.ChangeExtension(assembly.FullName, ".pdb"))!));
            Assert.AreEqual(identity.Guid, new BlobContentId(provider.GetMetadataReader().DebugMetadataHeader!.Id).Guid, assembly.FullName);
        }
    }

    /// <summary>Visual Studio and MSBuild of .NET Framework load the tasks, and its compiler the generator, into processes with assemblies of their own.</summary>
    [TestMethod]
    [DataRow("tools/tasks/", "Microsoft.Build.Framework,Microsoft.Build.Utilities.Core")]
    [DataRow("analyzers/dotnet/cs/", "Microsoft.CodeAnalysis,Microsoft.CodeAnalysis.CSharp,Microsoft.CodeAnalysis.Workspaces,System.Collections.Immutable,System.Composition.AttributedModel")]
    public void What_other_programs_load_needs_netstandard_and_those_programs_alone(string folder, string hosts)
    {
        using ZipArchive package = ZipFile.OpenRead(PathOf("EdgeBuild"));
        ZipArchiveEntry[] assemblies = [.. package.Entries.Where(entry => entry.FullName.StartsWith(folder, StringComparison.Ordinal))];
        Assert.IsNotEmpty(assemblies);
        string[] allowed = ["netstandard", .. hosts.Split(','), .. assemblies.Select(entry => Path.GetFileNameWithoutExtension(entry.Name))];
        foreach (ZipArchiveEntry assembly in assemblies)
        {
            using var image = new PEReader(Copy(assembly));
            MetadataReader reader = image.GetMetadataReader();
            string[] references = [.. reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))];
            Assert.IsEmpty(references.Except(allowed), $"{assembly.FullName} references {string.Join(", ", references)}");
            CollectionAssert.Contains(references, "netstandard");
            Assert.IsFalse(image.PEHeaders.CorHeader!.Flags.HasFlag(CorFlags.Requires32Bit));
        }
    }

    private static string PathOf(string package) => Path.Combine(SharedFeed.Feed.Packages, $"{package}.{SharedFeed.Feed.Version}.nupkg");

    private static string[] Entries(string package)
    {
        using ZipArchive archive = ZipFile.OpenRead(PathOf(package));
        return [.. archive.Entries.Select(entry => entry.FullName)];
    }

    private static MemoryStream Copy(ZipArchiveEntry entry)
    {
        var copy = new MemoryStream();
        using Stream content = entry.Open();
        content.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }
}
