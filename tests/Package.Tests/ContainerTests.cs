using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace EdgeBuild.Package.Tests;

[TestClass]
[TestCategory("EndToEnd")]
public sealed class ContainerTests
{
    [TestMethod]
    public async Task A_container_image_holds_the_app_its_model_and_the_natives_of_its_platform()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("The image is run here, without a container.");
        }

        var app = new UserApp(SharedFeed.Feed, "container");
        using var registry = LoopbackRegistry.Start();
        app.Dotnet(
            "publish", "-nologo", "-v:d", "--os", "linux", "-t:PublishContainer", $"-p:ContainerBaseImage={registry.BaseImage}", "-p:ContainerRepository=desk", $"-p:ContainerArchiveOutputPath={app.PathOf("image.tar")}")
            .WithoutWork();

        await TarFile.ExtractToDirectoryAsync(app.PathOf("image.tar"), Directory.CreateDirectory(app.PathOf("image")).FullName, overwriteFiles: true);
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(app.PathOf("image/manifest.json")));
        string[] layers = [.. manifest.RootElement[0].GetProperty("Layers").EnumerateArray().Select(layer => layer.GetString()!)];
        Assert.HasCount(2, layers, "the layer of the base and that of the app");
        await using (var layer = new GZipStream(File.OpenRead(app.PathOf(Path.Combine("image", layers[^1]))), CompressionMode.Decompress))
        {
            await TarFile.ExtractToDirectoryAsync(layer, Directory.CreateDirectory(app.PathOf("root")).FullName, overwriteFiles: true);
        }

        string[] files = app.FilesOf("root/app");
        CollectionAssert.IsSubsetOf(new[] { "App.dll", "edge/Support.gguf", "edge/Support.edge.json" }, files);
        CollectionAssert.Contains(files, "libllama.v0.4.0.so");
        Assert.IsEmpty(files.Where(file => file.StartsWith("runtimes/", StringComparison.Ordinal)), "of other platforms");
        app.RunAssembly("root/app/App.dll", "twice charged 3").Answered();
    }
}
