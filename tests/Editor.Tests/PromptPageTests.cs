using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using EdgeBuild.Prompts;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EdgeBuild.Editor.Tests;

/// <summary>What docs/prompts.md tells a new user to write is right.</summary>
[TestClass]
public sealed partial class PromptPageTests
{
    private static readonly string _folder = Path.Combine(RepositoryFiles.Root, "docs");
    private static readonly string _page = File.ReadAllText(Path.Combine(_folder, "prompts.md"));

    [TestMethod]
    public void Prompt_files_are_valid_without_a_warning()
    {
        string[] prompts = Blocks("prompty");
        Assert.HasCount(3, prompts);
        foreach (string prompt in prompts)
        {
            PromptParseResult parsed = PromptDocument.Parse("page.prompty", prompt);
            Assert.IsEmpty(parsed.Diagnostics, string.Join('\n', parsed.Diagnostics));
        }
    }

    [TestMethod]
    public void Rows_have_the_columns_and_labels_of_the_prompt()
    {
        PromptDocument document = PromptDocument.Parse("page.prompty", Blocks("prompty")[0]).Document!;
        string[] rows = Blocks("jsonl").Single().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (string row in rows)
        {
            using var json = JsonDocument.Parse(row);
            Assert.AreSequenceEqual(
                document.Inputs.Select(input => input.Name).Concat(document.Outputs.Select(output => output.Name)),
                json.RootElement.EnumerateObject().Select(column => column.Name));
            Assert.Contains(json.RootElement.GetProperty("category").GetString()!, document.Outputs[0].EnumValues);
            Assert.IsTrue(json.RootElement.GetProperty("urgent").ValueKind is JsonValueKind.True or JsonValueKind.False);
        }
    }

    [TestMethod]
    public void Project_names_the_files_of_the_page()
    {
        var project = XElement.Parse(Blocks("xml").Single());
        Assert.AreEqual("Support", project.Descendants("EdgeModel").Single().Attribute("Include")!.Value);
        foreach (string path in project.Descendants("EdgePrompt").Concat(project.Descendants("EdgeDataset")).Select(item => item.Attribute("Include")!.Value))
        {
            Assert.Contains($"`{path}`", _page);
        }
    }

    [TestMethod]
    public void Code_compiles_against_the_client_of_the_prompt()
    {
        string client = SampleClient.Generate("Desk", ProjectFile.Prompt("/app/prompts/triage.prompty", Blocks("prompty")[0]));
        const string ImplicitUsings = "global using System; global using System.Collections.Generic; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";
        var compilation = CSharpCompilation.Create(
            "Desk",
            [CSharpSyntaxTree.ParseText(client), CSharpSyntaxTree.ParseText(ImplicitUsings), CSharpSyntaxTree.ParseText(Blocks("csharp").Single())],
            SampleClient.References,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        Diagnostic[] problems = [.. compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)];
        Assert.IsEmpty(problems, string.Join('\n', problems.AsEnumerable()));
    }

    [TestMethod]
    public void Links_lead_to_files_and_settings_are_JSON()
    {
        string[] targets = [.. Link().Matches(_page).Select(link => link.Groups[1].Value)];
        Assert.IsNotEmpty(targets);
        foreach (string target in targets)
        {
            Assert.IsTrue(File.Exists(Path.Combine(_folder, target)), target);
        }

        using var settings = JsonDocument.Parse(Blocks("json").Single());
        Assert.IsFalse(settings.RootElement.GetProperty("yaml.validate").GetBoolean());
        string schema = settings.RootElement.GetProperty("yaml.schemas").EnumerateObject().Single().Name;
        Assert.IsTrue(File.Exists(Path.Combine(RepositoryFiles.Root, schema)), schema);
    }

    private static string[] Blocks(string language) => [.. Block().Matches(_page).Where(block => block.Groups["language"].Value == language).Select(block => block.Groups["text"].Value)];

    [GeneratedRegex(@"^```(?<language>\w*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\(([^)#:]+)\)")]
    private static partial Regex Link();
}
