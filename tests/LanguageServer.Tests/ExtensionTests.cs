using System.IO.Compression;

namespace EdgeBuild.LanguageServer.Tests;

/// <summary>The VS Code extension, packaged as a user would get it.</summary>
[TestClass]
public sealed class ExtensionTests
{
    [TestMethod]
    public void The_extension_compiles_and_its_package_holds_what_it_needs_and_nothing_else()
    {
        using ZipArchive package = ZipFile.OpenRead(Extension.Packed);
        CollectionAssert.AreEquivalent(
            new[]
            {
                "[Content_Types].xml", "extension.vsixmanifest", "extension/LICENSE.txt", "extension/dist/extension.js", "extension/images/file.svg", "extension/images/icon.png",
                "extension/language-configuration.json", "extension/package.json", "extension/readme.md", "extension/snippets/prompty.json", "extension/syntaxes/prompty.tmLanguage.json",
            },
            package.Entries.Select(entry => entry.FullName).ToArray());
        Assert.IsLessThan(1_000_000, new FileInfo(Extension.Packed).Length);
    }
}
