using System.Buffers.Binary;
using System.IO.Compression;

namespace EdgeBuild.Package.Tests;

/// <summary>Platforms that cannot be run here are at least of the right kind, by name and by machine.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class NativePayloadTests
{
    internal static readonly string[] Platforms = ["linux-x64", "linux-arm64", "win-x64", "win-arm64", "osx-x64", "osx-arm64"];

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

    private static void AssertPayload(string package, string folder, string names, string machine)
    {
        using ZipArchive archive = ZipFile.OpenRead(Path.Combine(SharedFeed.Feed.Packages, $"{package}.{SharedFeed.Feed.Version}.nupkg"));
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
