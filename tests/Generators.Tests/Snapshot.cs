using System.Runtime.CompilerServices;

namespace EdgeBuild.Generators.Tests;

/// <summary>Compares generated text with a reviewed file. Set EDGEBUILD_UPDATE_SNAPSHOTS=1 to write the files anew.</summary>
internal static class Snapshot
{
    public static void Assert(string name, string actual, [CallerFilePath] string testFile = "")
    {
        string fileName = name + ".txt";
        if (Environment.GetEnvironmentVariable("EDGEBUILD_UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(testFile)!, "Snapshots", fileName), actual);
            return;
        }

        string expected = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Snapshots", fileName)).Replace("\r\n", "\n", StringComparison.Ordinal);
        Microsoft.VisualStudio.TestTools.UnitTesting.Assert.AreEqual(expected, actual);
    }
}
