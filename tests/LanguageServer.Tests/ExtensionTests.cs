using System.Diagnostics;
using System.IO.Compression;

namespace EdgeBuild.LanguageServer.Tests;

/// <summary>The VS Code extension, packaged as a user would get it.</summary>
[TestClass]
public sealed class ExtensionTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void The_extension_compiles_and_its_package_holds_what_it_needs_and_nothing_else()
    {
        string folder = Path.Combine(RepositoryFiles.Root, "editors", "vscode");
        Npm(folder, "ci", "--no-audit", "--no-fund");
        Npm(folder, "run", "package");

        using ZipArchive package = ZipFile.OpenRead(Path.Combine(folder, "edgebuild.vsix"));
        CollectionAssert.AreEquivalent(
            new[]
            {
                "[Content_Types].xml", "extension.vsixmanifest", "extension/LICENSE.txt", "extension/dist/extension.js", "extension/images/file.svg", "extension/images/icon.png",
                "extension/language-configuration.json", "extension/package.json", "extension/readme.md", "extension/snippets/prompty.json", "extension/syntaxes/prompty.tmLanguage.json",
            },
            package.Entries.Select(entry => entry.FullName).ToArray());
        Assert.IsLessThan(1_000_000, new FileInfo(Path.Combine(folder, "edgebuild.vsix")).Length);
    }

    private void Npm(string folder, params string[] arguments)
    {
        string npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
        using Process process = Process.Start(new ProcessStartInfo(npm, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, output + error.Result);
    }
}
