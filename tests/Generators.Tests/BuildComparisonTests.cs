using System.Collections.Immutable;
using System.Globalization;
using EdgeBuild.Tasks;
using EdgeBuild.Tasks.Tests;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Microsoft.CodeAnalysis;

namespace EdgeBuild.Generators.Tests;

/// <summary>The generator, which the editor runs, and the task of the build say the same about the same file.</summary>
[TestClass]
public sealed class BuildComparisonTests : IDisposable
{
    private const string Head = "---\nname: sort\ninputs:\n  - name: text\n    kind: string\n";
    private const string Outputs = "outputs:\n  - name: topic\n    kind: string\n    enumValues: [Billing, How to]\n";
    private const string TwoOutputs = Outputs + "  - name: urgent\n    kind: boolean\n";
    private const string Body = "---\nuser:\n{{text}}\n";

    private readonly string _directory = Directory.CreateTempSubdirectory("edgebuild-compare-").FullName;

    public static IEnumerable<object[]> BadFiles =>
    [
        ["empty file", "", "EDGE1001", 1, 1],
        ["no end of the front matter", "---\nname: x\n", "EDGE1001", 1, 1],
        ["broken YAML", Head + Outputs + "metadata: {a: b}\n" + Body, "EDGE1001", 10, 11],
        ["unknown key", Head + Outputs + "owner: me\n" + Body, "EDGE1001", 10, 1],
        ["version 1", Head + Outputs + "sample: x\n" + Body, "EDGE1002", 10, 1],
        ["missing role", Head + Outputs + "---\nSort it.\n\n{{text}}\n", "EDGE1003", 11, 1],
        ["no messages", Head + Outputs + "---\n", "EDGE1003", 11, 1],
        ["wrong order of roles", Head + Outputs + "---\nuser:\n{{text}}\nassistant:\nBilling\n", "EDGE1003", 13, 1],
        ["statement of a template language", Head + Outputs + "---\nuser:\n{{text}} {% if x %}\n", "EDGE1003", 12, 10],
        ["unknown placeholder", Head + Outputs + "---\nuser:\n{{text}}\n  and {{txet}}\n", "EDGE1004", 13, 7],
        ["placeholder of a part", Head + Outputs + "---\nuser:\n{{text.a}}\n", "EDGE1004", 12, 1],
        ["unused input", Head + "  - name: other\n    kind: string\n" + Outputs + Body, "EDGE1005", 6, 11],
        ["almost a role", Head + Outputs + "---\nuser:\n{{text}}\n  System:\n", "EDGE1006", 13, 1],
        ["unknown kind", Head.Replace("kind: string", "kind: text", StringComparison.Ordinal) + Outputs + Body, "EDGE1007", 5, 11],
        ["label twice", Head + Outputs.Replace("How to", "Billing", StringComparison.Ordinal) + Body, "EDGE1008", 9, 27],
        ["name twice", Head + Outputs.Replace("topic", "text", StringComparison.Ordinal) + Body, "EDGE1009", 7, 11],
        ["example of another kind", Head.Replace("kind: string", "kind: integer\n    example: much", StringComparison.Ordinal) + Outputs + Body, "EDGE1001", 6, 14],
        ["example that is not one of the values", Head + "    enumValues: [a, b]\n    example: c\n" + Outputs + Body, "EDGE1105", 7, 14],
        ["example answer that is no label", Head + Outputs + "---\nuser:\nHi\nassistant:\nBiling\nuser:\n{{text}}\n", "EDGE1105", 14, 1],
        ["label of an example record", Head + TwoOutputs + "---\nuser:\nHi\nassistant:\n{\"topic\":\"Biling\",\"urgent\":true}\nuser:\n{{text}}\n", "EDGE1105", 16, 10],
        ["type in an example record", Head + TwoOutputs + "---\nuser:\nHi\nassistant:\n{\"topic\":\"Billing\",\n \"urgent\":\"yes\"}\nuser:\n{{text}}\n", "EDGE1104", 17, 11],
        ["example record without an output", Head + TwoOutputs + "---\nuser:\nHi\nassistant:\n{\"topic\":\"Billing\"}\nuser:\n{{text}}\n", "EDGE1003", 16, 1],
        ["example record that is no JSON", Head + TwoOutputs + "---\nuser:\nHi\nassistant:\n{\"topic\":Billing}\nuser:\n{{text}}\n", "EDGE1003", 16, 10],
        ["example answer of a number", Head + "outputs:\n  - name: count\n    kind: integer\n---\nuser:\nHi\nassistant:\nmany\nuser:\n{{text}}\n", "EDGE1104", 13, 1],
        ["several mistakes", Head + "  - name: text\n    kind: x\n" + Outputs + "x: y\n---\nuser:\n{{a}} {{b}}\n", "EDGE1007", 7, 11],
    ];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [TestMethod]
    [DynamicData(nameof(BadFiles))]
    public void Generator_and_task_report_the_same_code_at_the_same_place(string what, string text, string code, int line, int column)
    {
        foreach (string lineEnd in new[] { "\n", "\r\n" })
        {
            string content = text.Replace("\n", lineEnd, StringComparison.Ordinal);
            string path = Write("sort.prompty", content);
            ImmutableArray<Diagnostic> findings = GeneratedProject.Run(ProjectFile.Prompt(path, content)).Findings;
            Assert.Contains((code, line, column), findings.Select(Place), what + "\n" + string.Join('\n', findings));
            RecordingBuildEngine engine = Plan("Auto");

            // Warnings are the generator's alone: it gives them in the build as well, and twice would be once too often.
            Assert.AreSequenceEqual(
                findings.Where(finding => finding.Severity == DiagnosticSeverity.Error).Select(finding => (Place(finding), finding.GetMessage(CultureInfo.InvariantCulture), finding.Location.GetLineSpan().Path, finding.Descriptor.HelpLinkUri)),
                engine.Errors.Where(error => error.File == path).Select(error => ((error.Code, error.LineNumber, error.ColumnNumber), error.Message!, error.File, error.HelpLink!)));
        }
    }

    [TestMethod]
    public void Lock_file_of_another_version_of_the_prompt_is_a_warning_of_both()
    {
        string text = Head + Outputs + Body;
        string path = Write("sort.prompty", text);
        string stale = $$"""{ "contractVersion": 1, "models": {}, "prompts": { "sort": "{{new string('0', 64)}}" }, "labels": {}, "metrics": {} }""";
        Write("edgebuild.lock.json", stale);
        Write("rows.jsonl", string.Concat(Enumerable.Range(0, 20).Select(row => $$"""{"text":"row {{row}}","topic":"{{(row % 2 == 0 ? "Billing" : "How to")}}"}""" + "\n")));
        Write("base.gguf", "no model");

        GeneratedProject project = GeneratedProject.Run(ProjectFile.Prompt(path, text), ProjectFile.Lock(stale));
        Diagnostic finding = project.Findings.Single();
        Assert.AreEqual(("EDGE1030", 2, 7), Place(finding));
        Assert.HasCount(1, project.FileNames, "a stale score is no reason to take the client away");
        RecordingBuildEngine engine = Plan("Locked");
        BuildWarningEventArgs warning = engine.Warnings.Single(warning => warning.Code == "EDGE1030");
        Assert.AreEqual((Place(finding), finding.GetMessage(CultureInfo.InvariantCulture), path), ((warning.Code, warning.LineNumber, warning.ColumnNumber), warning.Message, warning.File));
        Assert.AreEqual("EDGE0005", engine.Errors.Single().Code);

        // The lock file that a build would write now.
        string hash = System.Text.RegularExpressions.Regex.Match(project[project.FileNames.Single()], "\"([0-9a-f]{64})\"").Groups[1].Value;
        string current = stale.Replace(new string('0', 64), hash, StringComparison.Ordinal);
        Write("edgebuild.lock.json", current);
        Assert.IsEmpty(GeneratedProject.Run(ProjectFile.Prompt(path, text), ProjectFile.Lock(current)).Findings);
        Assert.IsEmpty(Plan("Locked").Warnings);
    }

    private static (string Code, int Line, int Column) Place(Diagnostic finding)
    {
        FileLinePositionSpan span = finding.Location.GetLineSpan();
        return (finding.Id, span.StartLinePosition.Line + 1, span.StartLinePosition.Character + 1);
    }

    private RecordingBuildEngine Plan(string mode)
    {
        var engine = new RecordingBuildEngine();
        var task = new PlanEdgeModels
        {
            BuildEngine = engine,
            ProjectFile = Write("App.csproj", "<Project />"),
            Mode = mode,
            CacheDirectory = Path.Combine(_directory, "cache"),
            LockFile = Path.Combine(_directory, "edgebuild.lock.json"),
            IntermediateDirectory = Path.Combine(_directory, "obj"),
            Bases = [Item("smollm2", ("Source", "base.gguf"))],
            Models = [Item("Support")],
            Prompts = [Item("sort.prompty", ("Model", "Support"))],
            Datasets = [Item("rows.jsonl", ("Prompt", "sort"))],
        };
        task.Execute();
        return engine;
    }

    private static TaskItem Item(string name, params (string Name, string Value)[] metadata) =>
        new(name, metadata.ToDictionary(entry => entry.Name, entry => entry.Value));

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
