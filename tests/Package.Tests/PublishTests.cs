namespace EdgeBuild.Package.Tests;

[TestClass]
[TestCategory("EndToEnd")]
public sealed class PublishTests
{
    private static readonly string[] _platforms = ["linux-arm64", "linux-x64", "osx-arm64", "osx-x64", "win-arm64", "win-x64"];

    private static string HostPlatform => System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;

    [TestMethod]
    public void A_portable_app_carries_every_platform_or_those_that_it_names()
    {
        var app = new UserApp(SharedFeed.Feed, "portable");
        app.Dotnet("publish", "-nologo", "-v:d", "-o", "out").WithoutWork();
        string[] files = app.FilesOf("out");
        CollectionAssert.IsSubsetOf(new[] { "edge/Support.gguf", "edge/Support.edge.json" }, files);
        CollectionAssert.AreEquivalent(_platforms, NativesOf(files));
        Assert.IsFalse(files.Any(file => file.Contains("torch", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".html", StringComparison.Ordinal)));
        app.RunAssembly("out/App.dll", "twice charged 3").Answered();

        app.Dotnet("publish", "-nologo", "--no-build", "-p:EdgeBuildNativeRuntimes=win-x64%3Blinux-x64", "-o", "named").Succeeded();
        CollectionAssert.AreEquivalent(new[] { "linux-x64", "win-x64" }, NativesOf(app.FilesOf("named")));
    }

    [TestMethod]
    public void A_publish_without_a_build_needs_no_cache()
    {
        var app = new UserApp(SharedFeed.Feed, "copied");
        string cache = $"-p:EdgeBuildCache={app.PathOf("cache")}";
        app.Dotnet("build", "-nologo", "-c", "Release", cache).Succeeded();
        Directory.Delete(app.PathOf("cache"), recursive: true);

        app.Dotnet("publish", "-nologo", "--no-build", cache, "-o", "out").Succeeded();
        CollectionAssert.Contains(app.FilesOf("out"), "edge/Support.gguf");

        Directory.Delete(app.PathOf("bin/Release/net10.0/edge"), recursive: true);
        string[] errors = app.Dotnet("publish", "-nologo", "--no-build", cache, "-o", "none").Errors;
        Assert.HasCount(1, errors);
        Assert.Contains("App.csproj : error EDGE0005: ", errors[0]);
    }

    [TestMethod]
    public void A_self_contained_trimmed_single_file_answers()
    {
        var app = new UserApp(SharedFeed.Feed, "single");
        CommandResult publish = app.Dotnet(
            "publish", "-nologo", "-v:d", "-r", HostPlatform, "--self-contained", "-p:PublishSingleFile=true", "-p:PublishTrimmed=true", "-o", "out").WithoutWork();
        Assert.DoesNotContain("warning IL", publish.Output);
        string[] files = app.FilesOf("out");
        CollectionAssert.IsSubsetOf(new[] { "edge/Support.gguf", "edge/Support.edge.json" }, files);
        Assert.IsEmpty(files.Where(file => file.EndsWith(".dll", StringComparison.Ordinal) && file.StartsWith("System.", StringComparison.Ordinal)), "all managed code is in one file");
        app.RunProgram("out/App", "twice charged 3").Answered();
    }

    [TestMethod]
    public void A_self_contained_app_answers_also_as_one_file_with_all_natives()
    {
        var app = new UserApp(SharedFeed.Feed, "selfcontained");
        app.Dotnet("publish", "-nologo", "-v:d", "-r", HostPlatform, "--self-contained", "-o", "out").WithoutWork();
        CollectionAssert.Contains(app.FilesOf("out"), "edge/Support.gguf");
        app.RunProgram("out/App", "twice charged 3").Answered();

        app.Dotnet(
            "publish", "-nologo", "-r", HostPlatform, "--self-contained", "-p:PublishSingleFile=true", "-p:IncludeNativeLibrariesForSelfExtract=true", "-o", "one").Succeeded();
        app.RunProgram("one/App", "twice charged 3").Answered();
    }

    [TestMethod]
    public void A_GPU_package_lies_beside_llama_cpp_and_without_a_driver_the_app_answers_all_the_same()
    {
        string package = $"EdgeBuild.Runtime.Native.{HostPlatform}.Vulkan";
        if (!NativePayloadTests.GpuPlatforms.Contains($"{HostPlatform}.Vulkan"))
        {
            Assert.Inconclusive("There is no Vulkan package for this platform.");
        }

        string library = OperatingSystem.IsWindows() ? "ggml-vulkan.dll" : "libggml-vulkan.so";
        var app = new UserApp(SharedFeed.Feed, "gpu", items: $"<PackageReference Include=\"{package}\" Version=\"{SharedFeed.Feed.Version}\" />");
        app.Dotnet("build", "-nologo").Succeeded();
        CollectionAssert.Contains(app.FilesOf("bin/Debug/net10.0"), $"runtimes/{HostPlatform}/native/{library}");
        app.RunAssembly("bin/Debug/net10.0/App.dll", "twice charged 3").Answered();

        app.Dotnet("publish", "-nologo", "-r", HostPlatform, "--self-contained", "-p:PublishSingleFile=true", "-p:IncludeNativeLibrariesForSelfExtract=true", "-o", "one").Succeeded();
        CollectionAssert.Contains(app.FilesOf("one"), library);
        app.RunProgram("one/App", "twice charged 3").Answered();
    }

    [TestMethod]
    public void A_native_AOT_app_answers()
    {
        string? linker = new[] { "clang", "gcc" }.FirstOrDefault(IsOnPath);
        if (!OperatingSystem.IsLinux() || linker is null)
        {
            Assert.Inconclusive("Native AOT needs a C compiler to link with.");
        }

        var app = new UserApp(SharedFeed.Feed, "aot", "<PublishAot>true</PublishAot><InvariantGlobalization>true</InvariantGlobalization>");
        CommandResult publish = app.Dotnet("publish", "-nologo", "-v:d", "-r", HostPlatform, $"-p:CppCompilerAndLinker={linker}", "-o", "out").WithoutWork();
        Assert.DoesNotContain("warning IL", publish.Output);
        string[] files = app.FilesOf("out");
        CollectionAssert.Contains(files, "edge/Support.gguf");
        Assert.IsEmpty(files.Where(file => file.EndsWith(".dll", StringComparison.Ordinal)));
        app.RunProgram("out/App", "twice charged 3").Answered();
    }

    private static string[] NativesOf(string[] files) =>
        [.. files.Where(file => file.StartsWith("runtimes/", StringComparison.Ordinal)).Select(file => file.Split('/')[1]).Distinct()];

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
