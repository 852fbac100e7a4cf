using System.IO.Compression;

namespace EdgeBuild.Package.Tests;

[TestClass]
[TestCategory("EndToEnd")]
public sealed class LibraryPackageTests
{
    private const string SmallLimit = "-p:EdgeBuildPackModelLimit=0.1";
    private const string LibraryPackage = "Large.1.2.3-beta.nupkg";
    private const string ModelPackage = "Large.Model.Support.1.2.3-beta.nupkg";
    private const string TwoFrameworks =
        "<TargetFrameworks>net10.0;net10.0-windows</TargetFrameworks><EnableWindowsTargeting>true</EnableWindowsTargeting><DisableTransitiveFrameworkReferenceDownloads>true</DisableTransitiveFrameworkReferenceDownloads>";

    [TestMethod]
    public void A_packed_library_brings_model_client_and_natives_to_the_app()
    {
        var folder = new UserFolder(SharedFeed.Feed, "packing");
        folder.WriteTaskProject("Desk/Desk.csproj", TwoFrameworks + "<Version>1.2.3-beta</Version>");

        HandOnRuntimeOnly(folder, "Desk/Desk.csproj");
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
    public void A_large_model_travels_in_a_package_of_its_own_that_the_librarys_depends_on()
    {
        var folder = new UserFolder(SharedFeed.Feed, "separate");
        folder.WriteTaskProject("Large/Large.csproj", TwoFrameworks + "<Version>1.2.3-beta+build.7</Version><IncludeSymbols>true</IncludeSymbols><SymbolPackageFormat>snupkg</SymbolPackageFormat>");
        HandOnRuntimeOnly(folder, "Large/Large.csproj");
        PackLarge(folder, SmallLimit);
        CollectionAssert.AreEqual(new[] { LibraryPackage, "Large.1.2.3-beta.snupkg", ModelPackage }, folder.FilesOf("packages"));
        using (ZipArchive package = ZipFile.OpenRead(folder.PathOf($"packages/{LibraryPackage}")))
        {
            Assert.IsEmpty(package.Entries.Where(entry => entry.FullName.StartsWith("edge/", StringComparison.Ordinal) || entry.FullName.StartsWith("buildTransitive", StringComparison.Ordinal)));
            using var nuspec = new StreamReader(package.GetEntry("Large.nuspec")!.Open());
            Assert.AreEqual(2, nuspec.ReadToEnd().Split("<dependency id=\"Large.Model.Support\" version=\"[1.2.3-beta]\" />").Length - 1, "once a target framework");
        }

        using (ZipArchive package = ZipFile.OpenRead(folder.PathOf($"packages/{ModelPackage}")))
        {
            CollectionAssert.IsSubsetOf(
                new[] { "edge/Support.gguf", "edge/Support.edge.json", "edge/Support.NOTICE.txt", "edge/EdgeBuild.Model.targets", "buildTransitive/Large.Model.Support.targets" },
                package.Entries.Select(entry => entry.FullName).ToArray());
        }

        folder.Write("nuget.config", $"""
            <configuration><packageSources><add key="library" value="{folder.PathOf("packages")}" /></packageSources></configuration>
            """);
        folder.WriteProject("Middle/Middle.csproj", string.Empty, """<PackageReference Include="Large" Version="1.2.3-beta" />""");
        folder.WriteProject("App/App.csproj", "<OutputType>Exe</OutputType>", """<ProjectReference Include="../Middle/Middle.csproj" />""");
        folder.Write("App/Program.cs", UserFolder.Program.Replace("using App;", "using Large;\nusing EdgeBuild.Runtime;", StringComparison.Ordinal));
        folder.Dotnet("run", "--project", "App", "--", "twice charged 3").Answered();
    }

    /// <summary>Limits are changed between packs into one folder, as models grow and shrink between two builds.</summary>
    [TestMethod]
    public void Packs_of_one_version_leave_only_the_packages_of_the_last_one()
    {
        var folder = new UserFolder(SharedFeed.Feed, "again");
        folder.WriteTaskProject("Large/Large.csproj", "<Version>1.2.3-beta</Version>");
        PackLarge(folder, SmallLimit);
        DateTime[] written = Written();
        PackLarge(folder, SmallLimit);
        CollectionAssert.AreEqual(written, Written(), "nothing is packed again when nothing has changed");

        // Packages of others and of other versions are nobody's business.
        folder.Write("packages/Large.Model.Other.1.2.3-beta.nupkg", string.Empty);
        PackLarge(folder, SmallLimit, "-p:Version=1.2.4-beta");
        PackLarge(folder);
        CollectionAssert.AreEqual(
            new[] { "Large.1.2.3-beta.nupkg", "Large.1.2.4-beta.nupkg", "Large.Model.Other.1.2.3-beta.nupkg", "Large.Model.Support.1.2.4-beta.nupkg" }, folder.FilesOf("packages"));
        Assert.AreEqual(1, ModelsIn(folder, LibraryPackage));
        PackLarge(folder, "-p:EdgeBuildPackModels=false");
        Assert.AreEqual(0, ModelsIn(folder, LibraryPackage));
        PackLarge(folder, SmallLimit, "--no-build");
        Assert.IsTrue(File.Exists(folder.PathOf($"packages/{ModelPackage}")));

        CommandResult tooLarge = folder.Dotnet("pack", "Large", "-nologo", "-o", "large", SmallLimit, "-p:EdgeBuildPackageLimit=0.1");
        Assert.HasCount(1, tooLarge.Errors, tooLarge.Output);
        Assert.Contains("error EDGE3010: The model 'Support' takes", tooLarge.Errors[0]);
        Assert.IsFalse(Directory.Exists(folder.PathOf("large")));

        DateTime[] Written() => [.. new[] { LibraryPackage, ModelPackage }.Select(package => File.GetLastWriteTimeUtc(folder.PathOf($"packages/{package}")))];
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

    private static void PackLarge(UserFolder folder, params string[] arguments) => folder.Dotnet(["pack", "Large", "-nologo", "-o", "packages", .. arguments]).Succeeded();

    private static int ModelsIn(UserFolder folder, string package)
    {
        using ZipArchive archive = ZipFile.OpenRead(folder.PathOf($"packages/{package}"));
        return archive.Entries.Count(entry => entry.FullName.EndsWith(".gguf", StringComparison.Ordinal));
    }

    /// <summary>As the documentation advises a library: its package hands the runtime on, and not the build tools and the base model.</summary>
    private static void HandOnRuntimeOnly(UserFolder folder, string project) => folder.Write(project, File.ReadAllText(folder.PathOf(project)).Replace(
        $"<PackageReference Include=\"EdgeBuild\" Version=\"{SharedFeed.Feed.Version}\" />",
        $"<PackageReference Include=\"EdgeBuild\" Version=\"{SharedFeed.Feed.Version}\" PrivateAssets=\"all\" /><PackageReference Include=\"EdgeBuild.Runtime\" Version=\"{SharedFeed.Feed.Version}\" />",
        StringComparison.Ordinal));
}
