using System.Buffers.Binary;
using System.IO.Compression;

namespace EdgeBuild.Package.Tests;

/// <summary>Platforms that cannot be run here are at least of the right kind, by name and by machine.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class NativePayloadTests
{
    internal static readonly string[] Platforms = ["linux-x64", "linux-arm64", "win-x64", "win-arm64", "osx-x64", "osx-arm64"];

    internal static readonly string[] GpuPlatforms = ["linux-x64.Vulkan", "win-x64.Vulkan", "linux-x64.Cuda", "win-x64.Cuda", "osx-arm64.Metal"];

    [TestMethod]
    [DataRow("linux-x64", "libllama.v0.4.0.so,libggml.v0.4.0.so,libggml-base.so", "ELF 62")]
    [DataRow("linux-arm64", "libllama.v0.4.0.so,libggml.v0.4.0.so,libggml-base.so", "ELF 183")]
    [DataRow("win-x64", "llama.v0.4.0.dll,ggml.v0.4.0.dll,ggml-base.dll", "PE 34404")]
    [DataRow("win-arm64", "llama.v0.4.0.dll,ggml.v0.4.0.dll,ggml-base.dll", "PE 43620")]
    [DataRow("osx-x64", "libllama.v0.4.0.dylib,libggml.v0.4.0.dylib,libggml-base.dylib", "Mach-O 16777223")]
    [DataRow("osx-arm64", "libllama.metal.v0.4.0.dylib,libggml.metal.v0.4.0.dylib,libggml-base.dylib", "Mach-O 16777228")]
    public void A_native_package_holds_the_libraries_of_its_platform(string platform, string names, string machine)
    {
        AssertPayload($"EdgeBuild.Runtime.Native.{platform}", $"runtimes/{platform}/native/", names, machine);
        AssertPayload("EdgeBuild.Tool", $"tools/net10.0/any/runtimes/{platform}/native/", names, machine);
    }

    [TestMethod]
    [DataRow("linux-x64.Vulkan", "libggml-vulkan.so", "ELF 62")]
    [DataRow("win-x64.Vulkan", "ggml-vulkan.dll", "PE 34404")]
    [DataRow("linux-x64.Cuda", "libggml-cuda.so", "ELF 62")]
    [DataRow("win-x64.Cuda", "ggml-cuda.dll", "PE 34404")]
    [DataRow("osx-arm64.Metal", "libggml-metal.so", "Mach-O 16777228")]
    public void A_GPU_package_holds_its_back_end_alone_and_brings_llama_cpp_of_its_platform(string name, string library, string machine)
    {
        string platform = name.Split('.')[0];
        using ZipArchive archive = Open("EdgeBuild.Runtime.Native." + name);
        ZipArchiveEntry entry = archive.Entries.Single(entry => entry.FullName.StartsWith("runtimes/", StringComparison.Ordinal));
        Assert.AreEqual($"runtimes/{platform}/native/{library}", entry.FullName);
        Assert.AreEqual(machine, Machine(entry));
        Assert.IsNotEmpty(archive.Entries.Where(license => license.FullName == "licenses/llama.cpp/LICENSE"));
        using var nuspec = new StreamReader(archive.Entries.Single(file => file.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open());
        Assert.Contains($"<dependency id=\"EdgeBuild.Runtime.Native.{platform}\" version=\"{SharedFeed.Feed.Version}\"", nuspec.ReadToEnd());
    }

    private static ZipArchive Open(string package) => ZipFile.OpenRead(Path.Combine(SharedFeed.Feed.Packages, $"{package}.{SharedFeed.Feed.Version}.nupkg"));

    private static void AssertPayload(string package, string folder, string names, string machine)
    {
        using ZipArchive archive = Open(package);
        ZipArchiveEntry[] libraries = [.. archive.Entries.Where(entry => entry.FullName.StartsWith(folder, StringComparison.Ordinal))];
        CollectionAssert.IsSubsetOf(names.Split(','), libraries.Select(entry => entry.Name).ToArray(), package);
        Assert.IsNotEmpty(libraries.Where(entry => entry.Name.Contains("ggml-cpu", StringComparison.Ordinal)), "one for each CPU generation");
        foreach (ZipArchiveEntry library in libraries)
        {
            Assert.AreEqual(machine, Machine(library), library.FullName);
        }

        Assert.IsNotEmpty(archive.Entries.Where(entry => entry.FullName == "licenses/llama.cpp/LICENSE"));
    }

    /// <summary>Reads file format and machine from the first bytes.</summary>
    private static string Machine(ZipArchiveEntry library)
    {
        using Stream content = library.Open();
        byte[] bytes = new byte[1024];
        content.ReadExactly(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes) switch
        {
            0x7F454C46 => $"ELF {BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(18))}",
            0xCFFAEDFE => $"Mach-O {BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4))}",
            _ when bytes[0] == 'M' && bytes[1] == 'Z' => $"PE {BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(60)) + 4))}",
            uint magic => $"unknown {magic:x8}",
        };
    }
}
