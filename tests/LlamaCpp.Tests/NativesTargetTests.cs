using System.Diagnostics;
using System.Text.Json;

namespace EdgeBuild.LlamaCpp.Tests;

/// <summary>build/Natives.targets and the lock of the packages that it fetches.</summary>
[TestClass]
public sealed class NativesTargetTests
{
    private static readonly string _build = Path.Combine(RepositoryFiles.Root, "build");

    [TestMethod]
    [DataRow("", "linux-x64,linux-arm64,win-x64,win-arm64,mac-x64,mac-arm64-metal")]
    [DataRow("vulkan", "linux-x64-vulkan,win-x64-vulkan")]
    [DataRow("cuda", "linux-x64-cuda,win-x64-cuda")]
    public void The_lock_pins_every_platform_by_hash_and_names_no_registry(string backend, string platforms)
    {
        string text = File.ReadAllText(Path.Combine(_build, "natives", backend, "package-lock.json"));
        using var json = JsonDocument.Parse(text);
        Dictionary<string, JsonElement> packages = json.RootElement.GetProperty("packages").EnumerateObject()
            .Where(entry => entry.Name.Length > 0)
            .ToDictionary(entry => entry.Name[(entry.Name.LastIndexOf('/') + 1)..], entry => entry.Value);

        Assert.DoesNotContain("://", text);
        CollectionAssert.AreEquivalent(platforms.Split(','), packages.Keys.ToArray());
        Assert.IsTrue(packages.Values.All(package => package.GetProperty("integrity").GetString()!.StartsWith("sha512-", StringComparison.Ordinal)));
        Assert.AreEqual(1, packages.Values.Select(package => package.GetProperty("version").GetString()).Distinct().Count());
    }

    [TestMethod]
    [DataRow("linux-x64", "EdgeBuildOffline")]
    [DataRow("linux-musl-x64", "musl")]
    public async Task An_empty_cache_that_cannot_be_filled_is_an_error_with_a_code(string platform, string reason)
    {
        using var folder = new TemporaryFolder();
        (int exitCode, string output) = await FetchAsync(folder, platform);

        Assert.AreEqual(1, exitCode, output);
        Assert.Contains("error EDGE4004", output);
        Assert.Contains(reason, output);
        Assert.IsFalse(Directory.Exists(folder.File("cache")));
    }

    [TestMethod]
    public async Task A_filled_cache_needs_no_network()
    {
        using var folder = new TemporaryFolder();
        string natives = Directory.CreateDirectory(Path.Combine(folder.File("cache"), "natives", LlamaCppRelease.CacheFolder, "linux-x64")).FullName;
        await File.WriteAllTextAsync(Path.Combine(natives, "done"), string.Empty);

        (int exitCode, string output) = await FetchAsync(folder, "linux-x64");

        Assert.AreEqual(0, exitCode, output);
    }

    private static async Task<(int ExitCode, string Output)> FetchAsync(TemporaryFolder folder, string platform)
    {
        string project = folder.File("fetch.proj");
        await File.WriteAllTextAsync(project, $"<Project><Import Project=\"{Path.Combine(_build, "Natives.targets")}\" /></Project>");
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                "msbuild", project, "-nologo", "-nodeReuse:false", "-t:EdgeBuildFetchNatives", "-p:EdgeBuildOffline=true",
                $"-p:EdgeBuildNativesRid={platform}", $"-p:EdgeBuildCache={folder.File("cache")}",
            },
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
