namespace EdgeBuild.Package.Tests;

/// <summary>The one feed of all tests, and a first app that was built from it: its training fills the cache that the others use.</summary>
[TestClass]
public sealed class SharedFeed
{
    internal static PackedFeed Feed { get; private set; } = null!;

    internal static UserApp FirstApp { get; private set; } = null!;

    internal static CommandResult FirstBuild { get; private set; } = null!;

    internal static bool LibTorchWasThere { get; private set; }

    [AssemblyInitialize]
    public static void Pack(TestContext context)
    {
        Feed = PackedFeed.Create();
        FirstApp = new UserApp(Feed, "first");
        LibTorchWasThere = Directory.Exists(Feed.LibTorch);
        FirstBuild = FirstApp.Dotnet("build", "-nologo");
    }

    [AssemblyCleanup]
    public static void Delete() => Feed?.Dispose();
}
