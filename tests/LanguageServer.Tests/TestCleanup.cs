namespace EdgeBuild.LanguageServer.Tests;

/// <summary>Removes what all tests share.</summary>
[TestClass]
public static class TestCleanup
{
    [AssemblyCleanup]
    public static void Remove() => TrainedProject.Remove();
}
