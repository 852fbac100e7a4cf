using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace EdgeBuild.Generators.Tests;

[TestClass]
public sealed class FindingTests
{
    [TestMethod]
    [DataRow("\n")]
    [DataRow("\r\n")]
    public void Mistakes_in_prompt_files_are_reported_at_their_place(string lineEnd)
    {
        string text = PromptText.Open.Replace("{{text}}", "{{ticket}}", StringComparison.Ordinal).Replace("\n", lineEnd, StringComparison.Ordinal);
        GeneratedProject project = GeneratedProject.Run(ProjectFile.Prompt("/app/sort.prompty", text));
        Assert.IsEmpty(project.FileNames);
        Diagnostic diagnostic = project.Findings.Single(finding => finding.Id == "EDGE1004");
        Assert.AreEqual(DiagnosticSeverity.Error, diagnostic.Severity);
        FileLinePositionSpan span = diagnostic.Location.GetLineSpan();
        Assert.AreEqual("/app/sort.prompty", span.Path);
        Assert.AreEqual(new LinePositionSpan(new LinePosition(10, 0), new LinePosition(10, 10)), span.Span);
        Assert.AreEqual("{{ticket}}", text.Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length));
        Assert.AreEqual("docs/errors/EDGE1004.md", diagnostic.Descriptor.HelpLinkUri);
        Assert.AreEqual("/app/sort.prompty(11,1): error EDGE1004: No input is called 'ticket'. Correct the name or add the input; known: text.", diagnostic.ToString());
        Assert.AreEqual("EDGE1005", project.Findings.Single(finding => finding.Severity == DiagnosticSeverity.Warning).Id);
    }

    [TestMethod]
    public void Every_code_of_the_parser_has_a_descriptor()
    {
        string[] texts =
        [
            "x",
            "---\nname: x\nsample: y\n---\n",
            PromptText.Open.Replace("{{text}}", "{% %}{{x}}", StringComparison.Ordinal),
            PromptText.Open.Replace("{{text}}", "User:\n{{text}}", StringComparison.Ordinal),
            PromptText.Open.Replace("name: topic", "name: text", StringComparison.Ordinal),
            PromptText.Open.Replace("kind: string\n---", "kind: date\n---", StringComparison.Ordinal),
            PromptText.Open.Replace("kind: string\n---", "kind: string\n    enumValues: [a, a]\n---", StringComparison.Ordinal),
            PromptText.Open,
        ];
        string[] codes = [.. texts.SelectMany(text => GeneratedProject.Run(ProjectFile.Prompt("/app/sort.prompty", text)).Findings).Select(finding => finding.Id).Distinct().Order()];
        Assert.AreSequenceEqual(Enumerable.Range(1001, 10).Select(number => "EDGE" + number), codes);
    }

    [TestMethod]
    public void Unknown_labels_are_a_warning_that_says_to_build()
    {
        GeneratedProject project = GeneratedProject.Run(ProjectFile.Prompt("/app/sort.prompty", PromptText.Open));
        Assert.IsEmpty(project.FileNames);
        Diagnostic diagnostic = project.Findings.Single();
        Assert.AreEqual(("EDGE1010", DiagnosticSeverity.Warning), (diagnostic.Id, diagnostic.Severity));
        Assert.AreEqual(new LinePosition(6, 10), diagnostic.Location.GetLineSpan().StartLinePosition);
        Assert.Contains("Build once", diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [TestMethod]
    public void Labels_with_equal_names_are_a_warning_at_their_output_and_the_later_one_gets_a_number()
    {
        GeneratedProject project = GeneratedProject.Run(ProjectFile.Prompt("/app/sort.prompty", PromptText.Open), ProjectFile.Lock(PromptText.LockWithLabels("how to", "HowTo")));
        Assert.AreEqual(("EDGE1020", 6), (project.Findings.Single().Id, project.Findings.Single().Location.GetLineSpan().StartLinePosition.Line));
        Assert.AreEqual(DiagnosticSeverity.Warning, project.Findings.Single().Severity);
        string code = project["TicketTriage.Sort.g.cs"];
        Assert.Contains("\"how to\" => SortTopic.HowTo,", code);
        Assert.Contains("\"HowTo\" => SortTopic.HowTo2,", code);
    }

    [TestMethod]
    public void Damaged_lock_file_is_reported_once_at_its_place_and_prompts_with_labels_still_work()
    {
        GeneratedProject project = GeneratedProject.Run(
            ProjectFile.Prompt("/app/a.prompty", PromptText.Triage),
            ProjectFile.Prompt("/app/b.prompty", PromptText.Triage, client: "Other"),
            ProjectFile.Lock("{\n<<<<<<< HEAD\n"));
        Diagnostic diagnostic = project.Findings.Single();
        Assert.AreEqual("EDGE0006", diagnostic.Id);
        Assert.AreEqual("/app/edgebuild.lock.json", diagnostic.Location.GetLineSpan().Path);
        Assert.AreEqual(1, diagnostic.Location.GetLineSpan().StartLinePosition.Line);
        Assert.HasCount(2, project.FileNames);
    }

    [TestMethod]
    public void Clients_of_equal_name_are_an_error_and_the_first_one_stays()
    {
        GeneratedProject project = GeneratedProject.Run(
            ProjectFile.Prompt("/app/b.prompty", PromptText.Triage),
            ProjectFile.Prompt("/app/a.prompty", PromptText.Triage),
            ProjectFile.Prompt("/app/c.prompty", PromptText.Triage, client: "TRIAGE"));
        Assert.AreSequenceEqual(["TicketTriage.Triage.g.cs"], project.FileNames);
        Assert.AreSequenceEqual(["/app/b.prompty", "/app/c.prompty"], project.Findings.Select(finding => finding.Location.GetLineSpan().Path));
        Assert.IsTrue(project.Findings.All(finding => finding.Id == "EDGE0003"));
        Assert.Contains("'a.prompty'", project.Findings[0].GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [TestMethod]
    [DataRow("", "", "", "Model")]
    [DataRow("Support", "a b", "", "namespace")]
    [DataRow("Support", "", "1st", "ClientName")]
    [DataRow("Support", "", "class", "ClientName")]
    public void Wrong_item_metadata_is_an_error(string model, string space, string client, string expected)
    {
        GeneratedProject project = GeneratedProject.Run(ProjectFile.Prompt("/app/a.prompty", PromptText.Triage, model, space, client));
        Assert.IsEmpty(project.FileNames);
        Diagnostic diagnostic = project.Findings.Single();
        Assert.AreEqual("EDGE0001", diagnostic.Id);
        Assert.Contains(expected, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}
