using EdgeBuild.Contracts;
using EdgeBuild.Worker.Tests.Builds;
using NuGet.Packaging;
using NuGet.Versioning;

namespace EdgeBuild.Worker.Tests.Distribution;

/// <summary>Feeds that ask who is there: what nuget.config or a credential provider of the user says is enough, for everything that is fetched.</summary>
[TestClass]
[DoNotParallelize]
public sealed class FeedCredentialTests
{
    private const string Base = "Tiny.Base";
    private static readonly string _libTorch = $"libtorch-cpu-{Training.LibTorchPayload.RuntimeIdentifier}";

    [TestMethod]
    [DataRow(false, DisplayName = "nuget.config")]
    [DataRow(true, DisplayName = "a credential provider")]
    public async Task A_base_comes_from_a_feed_with_a_password(bool byPlugin)
    {
        await using LoopbackFeed feed = await LoopbackFeed.StartAsync();
        feed.Credentials = "user:pass";
        feed.Add(Base, "1.0.0", Package(Base, "1.0.0", ("model/base.gguf", await File.ReadAllBytesAsync(RepositoryFiles.Fixture("smollm2", "base.gguf")))));
        using RealBuild build = Create(feed, byPlugin, "pass");
        build.Environment["NUGET_PACKAGES"] = build.PathOf("packages");

        string fetched = build.Run(0, CommandLine.Worker, "fetch", $"nuget:{Base}@1.0.0");
        Assert.Contains($"Sha256=\"{ContentKey.OfFile(RepositoryFiles.Fixture("smollm2", "base.gguf"))}\"", fetched);

        Directory.Delete(build.PathOf("packages"), recursive: true);
        using RealBuild wrong = Create(feed, byPlugin, "other");
        wrong.Environment["NUGET_PACKAGES"] = wrong.PathOf("packages");
        string refused = wrong.Run(1, CommandLine.Worker, "fetch", $"nuget:{Base}@1.0.0");
        Assert.Contains($"error {ErrorCodes.FeedFailed}", refused);
        Assert.DoesNotContain("other", refused);
    }

    /// <summary>A package of the right name is enough to see that it is fetched; that it is another one must be seen before anything of it is loaded.</summary>
    [TestMethod]
    [DataRow(false, DisplayName = "nuget.config")]
    [DataRow(true, DisplayName = "a credential provider")]
    public async Task What_a_training_needs_is_fetched_with_the_password_and_refused_when_it_is_not_what_is_pinned(bool byPlugin)
    {
        await using LoopbackFeed feed = await LoopbackFeed.StartAsync();
        feed.Credentials = "user:pass";
        foreach ((string id, string version, string library) in new[] { ("torchsharp", Training.LibTorch.BindingVersion, "LibTorchSharp"), (_libTorch, Training.LibTorch.Version, "torch_cpu") })
        {
            feed.Add(id, version, Package(id, version, [.. new[] { $"lib{library}.so", $"lib{library}.dylib", $"{library}.dll" }.Select(file =>
                ($"runtimes/{Training.LibTorchPayload.RuntimeIdentifier}/native/{file}", "not libtorch"u8.ToArray()))]));
        }

        using RealBuild build = Create(feed, byPlugin, "pass");
        string project = build.AddProject("App");
        build.Environment["NUGET_PACKAGES"] = build.PathOf("packages");
        foreach (string what in new[] { "it has come", "it lies there" })
        {
            string output = build.Run(1, "build", project);
            string[] errors = [.. output.Split('\n').Where(line => line.Contains(": error ", StringComparison.Ordinal)).Select(line => line.Trim()).Distinct()];
            Assert.HasCount(1, errors, output);
            Assert.Contains($"error {ErrorCodes.HashMismatch}: ", errors[0], what);
            Assert.IsTrue(Directory.Exists(build.PathOf($"packages/{_libTorch}/{Training.LibTorch.Version}")), "it was fetched");
        }

        using RealBuild wrong = Create(feed, byPlugin, "other");
        project = wrong.AddProject("App");
        wrong.Environment["NUGET_PACKAGES"] = wrong.PathOf("packages");
        Assert.Contains($"error {ErrorCodes.AcquisitionFailed}: ", wrong.Run(1, "build", project));
    }

    [TestMethod]
    public async Task A_provider_that_is_not_there_is_one_error()
    {
        await using LoopbackFeed feed = await LoopbackFeed.StartAsync();
        feed.Credentials = "user:pass";
        using RealBuild build = Create(feed, byPlugin: true, "pass");
        build.Environment["NUGET_NETCORE_PLUGIN_PATHS"] = build.PathOf("no-such-provider.dll");
        string broken = build.Run(1, CommandLine.Worker, "fetch", $"nuget:{Base}@1.0.0");
        string[] errors = [.. broken.Split('\n').Where(line => line.Contains("error EDGE", StringComparison.Ordinal))];
        Assert.HasCount(1, errors, broken);
        Assert.Contains($"error {ErrorCodes.FeedFailed}: ", errors[0]);
    }

    private static RealBuild Create(LoopbackFeed feed, bool byPlugin, string password)
    {
        var build = new RealBuild();
        string credentials = byPlugin ? string.Empty : $"""
              <packageSourceCredentials>
                <team><add key="Username" value="user" /><add key="ClearTextPassword" value="{password}" /></team>
              </packageSourceCredentials>
            """;
        build.Write("nuget.config", $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="team" value="{feed.Index}" allowInsecureConnections="true" />
              </packageSources>
            {credentials}
            </configuration>
            """);
        // What another build has fetched with the right password would be answered from there.
        build.Environment["NUGET_HTTP_CACHE_PATH"] = build.PathOf("http-cache");
        foreach ((string name, string value) in byPlugin ? CommandLine.CredentialProvider(password) : new Dictionary<string, string>())
        {
            build.Environment[name] = value;
        }

        return build;
    }

    private static byte[] Package(string id, string version, params (string Path, byte[] Content)[] files)
    {
        var package = new PackageBuilder { Id = id, Version = new NuGetVersion(version), Description = "for a test" };
        package.Authors.Add("test");
        foreach ((string path, byte[] content) in files)
        {
            package.Files.Add(new PhysicalPackageFile(new MemoryStream(content)) { TargetPath = path });
        }

        using var stream = new MemoryStream();
        package.Save(stream);
        return stream.ToArray();
    }
}
