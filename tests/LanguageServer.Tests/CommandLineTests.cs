using System.Diagnostics;
using System.Text.Json.Nodes;
using EdgeBuild.LanguageServer.Features;
using EdgeBuild.Prompts;

namespace EdgeBuild.LanguageServer.Tests;

[TestClass]
public sealed class CommandLineTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    public void Lint_names_every_finding_and_fails_on_errors_only()
    {
        (int code, string output) = Run("lint");
        Assert.AreEqual((0, "3 files, 0 errors, 0 warnings."), (code, output.Trim()));

        _workspace.Write("triage.prompty", Workspace.Triage.Replace("{{ticket}}", "{{tiket}}", StringComparison.Ordinal));
        (code, output) = Run("lint", "triage.prompty", "--sarif", "out.sarif");
        Assert.AreEqual(1, code);
        Assert.Contains("triage.prompty(19,1): error EDGE1004:", output);
        JsonNode run = JsonNode.Parse(File.ReadAllText(_workspace.PathOf("out.sarif")))!["runs"]![0]!;
        JsonNode result = run["results"]!.AsArray().First(candidate => candidate!["ruleId"]!.GetValue<string>() == "EDGE1004")!;
        Assert.AreEqual("triage.prompty", result["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"]!.GetValue<string>());
        Assert.AreEqual(19, result["locations"]![0]!["physicalLocation"]!["region"]!["startLine"]!.GetValue<int>());

        (code, _) = Run("lint", "triage.prompty", "--fix");
        Assert.AreEqual(0, code);
        Assert.AreEqual(Workspace.Triage, File.ReadAllText(_workspace.Prompt));
        Assert.AreEqual(1, Run("lint", "none.prompty").Code);
    }

    [TestMethod]
    public void Format_changes_layout_only_and_check_changes_nothing()
    {
        string messy = Workspace.Triage.Replace("name: triage", "name: triage   ", StringComparison.Ordinal).Replace("user:\n", "\n\nuser:  \n\n", StringComparison.Ordinal) + "\n\n";
        _workspace.Write("triage.prompty", messy);
        (int code, string output) = Run("format", "--check");
        Assert.AreEqual(1, code);
        Assert.Contains("is not formatted", output);
        Assert.AreEqual(messy, File.ReadAllText(_workspace.Prompt));

        Assert.AreEqual(0, Run("format").Code);
        Assert.AreEqual(Workspace.Triage, File.ReadAllText(_workspace.Prompt));
        Assert.AreEqual(0, Run("format", "--check").Code);
    }

    [TestMethod]
    public void Formatting_is_idempotent_and_keeps_the_meaning()
    {
        string[] texts = [.. RepositoryPrompts.Paths.Select(File.ReadAllText), .. Enumerable.Range(0, 200).Select(seed => GeneratedPrompt.Create(seed).Text)];
        foreach (string text in texts.SelectMany(text => new[] { text, text.Replace("\n", "  \n", StringComparison.Ordinal), text.Replace("\n", "\r\n", StringComparison.Ordinal), "\uFEFF" + text.Replace("user:", "\n\nuser:\t", StringComparison.Ordinal) }))
        {
            string once = PromptFormatter.Format("x.prompty", text);
            Assert.AreEqual(once, PromptFormatter.Format("x.prompty", once));
            if (PromptDocument.Parse("x.prompty", text).Document is { } before)
            {
                PromptDocument after = PromptDocument.Parse("x.prompty", once).Document!;
                CollectionAssert.AreEqual(Parts(before), Parts(after));
                CollectionAssert.AreEqual(before.Inputs.Select(input => (input.Name, input.Kind, input.Description, input.Example)).ToArray(), after.Inputs.Select(input => (input.Name, input.Kind, input.Description, input.Example)).ToArray());
                CollectionAssert.AreEqual(before.Outputs.SelectMany(output => output.EnumValues).ToArray(), after.Outputs.SelectMany(output => output.EnumValues).ToArray());
                Assert.AreEqual(text.Contains("\r\n", StringComparison.Ordinal), once.Contains("\r\n", StringComparison.Ordinal));
                Assert.AreEqual(text[0] == '\uFEFF', once[0] == '\uFEFF');
            }
            else
            {
                Assert.AreEqual(text, once);
            }
        }
    }

    private static string[] Parts(PromptDocument document) => [.. document.Messages.SelectMany(message => message.Parts.Select(part => $"{message.Role} {part.IsPlaceholder} {part.Text}"))];

    private (int Code, string Output) Run(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "edgebuild.dll"), .. arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(_workspace.Prompt)!,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        TestContext.WriteLine(output + error.Result);
        return (process.ExitCode, output);
    }
}
