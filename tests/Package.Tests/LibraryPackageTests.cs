using System.IO.Compression;

namespace EdgeBuild.Package.Tests;

[TestClass]
[TestCategory("EndToEnd")]
public sealed class LibraryPackageTests
{
    [TestMethod]
    public void A_packed_library_brings_model_client_and_natives_to_the_app()
    {
        var folder = new UserFolder(SharedFeed.Feed, "packing");
        folder.WriteTaskProject(
            "Desk/Desk.csproj", "<TargetFrameworks>net10.0;net10.0-windows</TargetFrameworks><EnableWindowsTargeting>true</EnableWindowsTargeting><DisableTransitiveFrameworkReferenceDownloads>true</DisableTransitiveFrameworkReferenceDownloads><Version>1.2.3-beta</Version>");

        // As the documentation advises a library: its package hands the runtime on, and not the build tools and the base model.
        folder.Write("Desk/Desk.csproj", File.ReadAllText(folder.PathOf("Desk/Desk.csproj")).Replace(
            $"<PackageReference Include=\"EdgeBuild\" Version=\"{SharedFeed.Feed.Version}\" />",
            $"<PackageReference Include=\"EdgeBuild\" Version=\"{SharedFeed.Feed.Version}\" PrivateAssets=\"all\" /><PackageReference Include=\"EdgeBuild.Runtime\" Version=\"{SharedFeed.Feed.Version}\" />",
            StringComparison.Ordinal));
        folder.Dotnet("pack", "Desk", "-nologo", "-o", "packages").Succeeded();
        using (ZipArchive package = ZipFile.OpenRead(folder.PathOf("packages/Desk.1.2.3-beta.nupkg")))
        {
            string[] entries = [.. package.Entries.Select(entry => entry.FullName)];
            CollectionAssert.IsSubsetOf(
                new[] { "edge/Support.gguf", "edge/Support.edge.json", "edge/EdgeBuild.Model.targets", "buildTransitive/Desk.targets", "lib/net10.0/Desk.dll" }, entries);
            Assert.HasCount(1, entries.Where(entry => entry.EndsWith(".gguf", StringComparison.Ordinal)));
            Assert.IsEmpty(entries.Where(entry => entry.StartsWith("content", StringComparison.Ordinal) || entry.EndsWith(".html", StringComparison.Ordinal)));
        }

        folder.Write("nuget.config", $"""
            <configuration><packageSources><add key="library" value="{folder.PathOf("packages")}" /></packageSources></configuration>
            """);
        folder.WriteProject("Middle/Middle.csproj", string.Empty, """<PackageReference Include="Desk" Version="1.2.3-beta" />""");
        folder.WriteProject("App/App.csproj", "<OutputType>Exe</OutputType>", """<ProjectReference Include="../Middle/Middle.csproj" />""");
        folder.Write("App/Program.cs", UserFolder.Program.Replace("using App;", "using Desk;\nusing EdgeBuild.Runtime;", StringComparison.Ordinal));
        folder.Dotnet("run", "--project", "App", "--", "twice charged 3").Answered();
        folder.Dotnet("publish", "App", "-nologo", "-o", "out").Succeeded();
        folder.RunAssembly("out/App.dll", "twice charged 3").Answered();
        CollectionAssert.Contains(folder.FilesOf("out"), "edge/Support.gguf");
        Assert.IsFalse(File.ReadAllText(folder.PathOf("App/obj/project.assets.json")).Contains("EdgeBuild.Base.", StringComparison.Ordinal), "an app needs no base model");
    }

    [TestMethod]
    public void Models_stay_out_of_the_package_when_asked_and_stop_it_when_they_are_too_large()
    {
        var app = new UserApp(SharedFeed.Feed, "packed", "<Version>1.0.0-beta</Version>");
        app.Dotnet("pack", "-nologo", "-o", "without", "-p:EdgeBuildPackModels=false").Succeeded();
        using (ZipArchive package = ZipFile.OpenRead(app.PathOf("without/App.1.0.0-beta.nupkg")))
        {
            Assert.IsEmpty(package.Entries.Where(entry => entry.FullName.EndsWith(".gguf", StringComparison.Ordinal) || entry.FullName.StartsWith("buildTransitive", StringComparison.Ordinal)));
        }

        app.Dotnet("pack", "-nologo", "--no-build", "-o", "with").Succeeded();
        using (ZipArchive package = ZipFile.OpenRead(app.PathOf("with/App.1.0.0-beta.nupkg")))
        {
            Assert.HasCount(1, package.Entries.Where(entry => entry.FullName == "edge/Support.gguf"));
        }

        CommandResult large = app.Dotnet("pack", "-nologo", "-o", "large", "-p:EdgeBuildPackageLimit=0.1");
        Assert.HasCount(1, large.Errors, large.Output);
        Assert.Contains("App.csproj : error EDGE3010: ", large.Errors[0]);
        Assert.IsFalse(File.Exists(app.PathOf("large/App.1.0.0-beta.nupkg")));
    }
}
