namespace EdgeBuild.Package.Tests;

[TestClass]
[TestCategory("EndToEnd")]
public sealed class ProjectReferenceTests
{
    private const string Desk = """
        namespace Lib;

        public static class Desk
        {
            public static async Task<string> SortAsync(string text)
            {
                using var triage = new Triage();
                return (await triage.RunAsync(text)).Category.ToString();
            }
        }
        """;

    [TestMethod]
    public void The_model_of_a_library_reaches_apps_and_tests_on_their_first_build()
    {
        var folder = new UserFolder(SharedFeed.Feed, "solution");
        folder.WriteTaskProject("Lib/Lib.csproj", string.Empty);
        folder.Write("Lib/Desk.cs", Desk);

        // Between app and library lies one that knows nothing of EdgeBuild.
        folder.WriteProject("Middle/Middle.csproj", string.Empty, """<ProjectReference Include="../Lib/Lib.csproj" />""");
        folder.WriteProject("Host/Host.csproj", "<OutputType>Exe</OutputType>", """<ProjectReference Include="../Middle/Middle.csproj" />""");
        folder.Write("Host/Program.cs", """Console.WriteLine($"answer: {await Lib.Desk.SortAsync(args[0])}, same: True");""");
        folder.WriteProject(
            "Tests/Tests.csproj",
            "<EnableMSTestRunner>true</EnableMSTestRunner><OutputType>Exe</OutputType><TestingPlatformDotnetTestSupport>true</TestingPlatformDotnetTestSupport>",
            """<ProjectReference Include="../Lib/Lib.csproj" /><PackageReference Include="MSTest" Version="4.5.2" />""");
        folder.Write("Tests/DeskTests.cs", """
            using Microsoft.VisualStudio.TestTools.UnitTesting;

            [assembly: DoNotParallelize]

            [TestClass]
            public class DeskTests
            {
                [TestMethod]
                public async Task It_answers() => StringAssert.Matches(await Lib.Desk.SortAsync("twice charged 3"), new("Access|Billing"));
            }
            """);

        folder.Dotnet("run", "--project", "Host", "--", "twice charged 3").Answered();
        CommandResult tests = folder.Dotnet("run", "--project", "Tests").Succeeded();
        Assert.Contains("succeeded: 1", tests.Output);
        folder.Dotnet("publish", "Host", "-nologo", "-o", "out").Succeeded();
        CollectionAssert.Contains(folder.FilesOf("out"), "edge/Support.gguf");
        folder.RunAssembly("out/Host.dll", "twice charged 3").Answered();
        Assert.IsFalse(File.Exists(folder.PathOf("Host/edgebuild.lock.json")), "only the project that declares the model has a lock file");
        Assert.IsFalse(Directory.Exists(folder.PathOf("Host/obj/edge")));

        // Another library with a model of that name: the app would answer with whichever was copied last.
        folder.WriteTaskProject("Other/Other.csproj", string.Empty);
        folder.Write("Other/data/train.jsonl", UserFolder.Rows(50));
        folder.WriteProject("Both/Both.csproj", "<OutputType>Exe</OutputType>", """<ProjectReference Include="../Lib/Lib.csproj" /><ProjectReference Include="../Other/Other.csproj" />""");
        folder.Write("Both/Program.cs", "return;");
        CommandResult both = folder.Dotnet("build", "Both", "-nologo");
        Assert.HasCount(1, both.Errors, both.Output);
        Assert.Contains("Both.csproj : error EDGE0003: Two models would be edge/Support.", both.Errors[0]);
    }

    [TestMethod]
    public void A_model_that_left_the_project_leaves_the_app()
    {
        var app = new UserApp(SharedFeed.Feed, "renamed");
        app.Dotnet("build", "-nologo").Succeeded();
        Assert.IsTrue(File.Exists(app.ShippedModel));

        app.Write("App.csproj", File.ReadAllText(app.PathOf("App.csproj")).Replace("\"Support\"", "\"Desk\"", StringComparison.Ordinal));
        app.Dotnet("build", "-nologo", "--no-restore").Succeeded();
        CollectionAssert.AreEqual(new[] { "Desk.NOTICE.txt", "Desk.edge.json", "Desk.gguf" }, app.FilesOf("bin/Debug/net10.0/edge"));

        app.Dotnet("clean", "-nologo").Succeeded();
        Assert.IsEmpty(app.FilesOf("bin/Debug/net10.0").Where(file => file.StartsWith("edge/", StringComparison.Ordinal)));
        app.Dotnet("build", "-nologo", "--no-restore", "-t:Rebuild", "-v:d").WithoutWork();
        CollectionAssert.AreEqual(new[] { "Desk.NOTICE.txt", "Desk.edge.json", "Desk.gguf" }, app.FilesOf("bin/Debug/net10.0/edge"));
    }
}
