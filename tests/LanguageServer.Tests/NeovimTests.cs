using System.Diagnostics;
using System.Text.Json.Nodes;

namespace EdgeBuild.LanguageServer.Tests;

/// <summary>A real editor. It runs where Neovim is installed; build/install-editors.sh installs it on Debian.</summary>
[TestClass]
[TestCategory("Editors")]
public sealed class NeovimTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Neovim_shows_completes_explains_finds_renames_and_formats()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "nvim"))))
        {
            Assert.Inconclusive("Neovim is not installed; build/install-editors.sh installs it.");
        }

        using var workspace = new Workspace();
        string result = workspace.PathOf("answers.json");
        var start = new ProcessStartInfo("nvim", ["--headless", "-u", "NONE", "-i", "NONE", "-n", "-S", Path.Combine(RepositoryFiles.Root, "tests", "LanguageServer.Tests", "neovim.lua")])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["EDGEBUILD_SERVER"] = Path.Combine(AppContext.BaseDirectory, "edgebuild.dll");
        start.Environment["EDGEBUILD_ROOT"] = Path.GetDirectoryName(workspace.Prompt)!;
        start.Environment["EDGEBUILD_PROMPT"] = workspace.Prompt;
        start.Environment["EDGEBUILD_RESULT"] = result;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.IsTrue(File.Exists(result), error.Result);
        JsonNode answers = JsonNode.Parse(File.ReadAllText(result))!;
        Assert.Contains("No input is called 'tiket'", string.Concat(answers["diagnostics"]!.AsArray().Select(text => text!.GetValue<string>())));
        Assert.AreEqual("😀 {{ticket}}", answers["fixed"]!.GetValue<string>());
        Assert.Contains("What the customer wrote.", answers["hover"]!.GetValue<string>());
        CollectionAssert.Contains(answers["completion"]!.AsArray().Select(label => label!.GetValue<string>()).ToArray(), "string");
        Assert.AreEqual(4, answers["definition"]!.GetValue<int>());
        Assert.AreEqual(6, answers["references"]!.GetValue<int>());
        CollectionAssert.AreEqual(new[] { "Train" }, answers["lenses"]!.AsArray().Select(title => title!.GetValue<string>()).ToArray());
        Assert.AreEqual(5, answers["symbols"]!.GetValue<int>());
        string renamed = string.Join('\n', answers["renamed"]!.AsArray().Select(line => line!.GetValue<string>()));
        Assert.Contains("{{message}}", renamed);
        Assert.DoesNotContain("{{ticket}}", renamed);
        Assert.AreEqual(3, answers["changedBuffers"]!.GetValue<int>());
        Assert.AreEqual(answers["renamed"]!.AsArray().Count, answers["formattedLines"]!.GetValue<int>());
    }
}
