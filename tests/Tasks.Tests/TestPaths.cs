using System.Reflection;

namespace EdgeBuild.Tasks.Tests;

/// <summary>Where the things under test lie; the project file writes it into the assembly.</summary>
internal static class TestPaths
{
    public static string RepositoryRoot => Metadata(nameof(RepositoryRoot));

    public static string TasksAssembly => Metadata(nameof(TasksAssembly));

    public static string FakeWorker => Path.GetFullPath(Metadata(nameof(FakeWorker)));

    public static string BuildFrameworkAssembly => Metadata(nameof(BuildFrameworkAssembly));

    private static string Metadata(string key) =>
        typeof(TestPaths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
