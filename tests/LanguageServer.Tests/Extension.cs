using System.Diagnostics;

namespace EdgeBuild.LanguageServer.Tests;

/// <summary>The VS Code extension, packed once for all tests as a user would get it.</summary>
internal static class Extension
{
    private static readonly Lazy<string> _packed = new(Pack);

    /// <summary>Gets the .vsix file.</summary>
    public static string Packed => _packed.Value;

    private static string Pack()
    {
        string folder = Path.Combine(RepositoryFiles.Root, "editors", "vscode");
        Npm(folder, "ci", "--no-audit", "--no-fund");
        Npm(folder, "run", "package");
        return Path.Combine(folder, "edgebuild.vsix");
    }

    private static void Npm(string folder, params string[] arguments)
    {
        string npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
        using Process process = Process.Start(new ProcessStartInfo(npm, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, output + error.Result);
    }
}
