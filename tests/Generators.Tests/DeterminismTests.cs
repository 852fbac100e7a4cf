using System.Globalization;
using System.Reflection;

namespace EdgeBuild.Generators.Tests;

[TestClass]
public sealed class DeterminismTests
{
    private const string International = """
        ---
        name: iItIi
        description: "Größe <b> & \"naïve\" 日本"
        inputs:
          - name: class
            kind: string
            description: Ignores I, i, ı and İ.
            example: "x </c> -->"
          - name: interval
            kind: float
            example: 1.5
        outputs:
          - name: title
            kind: string
            enumValues: [ıspanak, İzmir, istanbul, Größe, 日本, naïve café, "𝒳", "e\u0301t\u00e9", default, 1.5 %]
        ---
        system:
        Grüße & 日本 "quotes" \ {}
        user:
        {{class}} {{interval}}
        """;

    [TestMethod]
    [DataRow("tr-TR")]
    [DataRow("de-DE")]
    [DataRow("ar-SA")]
    [DataRow("th-TH")]
    public void Generated_text_is_the_same_in_every_culture(string culture)
    {
        Assert.AreSequenceEqual(Generate(CultureInfo.InvariantCulture), Generate(new CultureInfo(culture)));
    }

    [TestMethod]
    public void Line_ends_and_byte_order_mark_of_the_file_do_not_matter()
    {
        string expected = Code(PromptText.Triage);
        Assert.DoesNotContain("\r", expected);
        Assert.AreEqual(expected, Code(PromptText.Triage.Replace("\n", "\r\n", StringComparison.Ordinal)));
        Assert.AreEqual(expected, Code("\uFEFF" + PromptText.Triage));
        Assert.AreEqual(expected, Code("\uFEFF" + PromptText.Triage.Replace("\n", "\r\n", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Order_of_the_items_does_not_change_a_client()
    {
        ProjectFile[] files = [ProjectFile.Prompt("/app/a.prompty", PromptText.Triage), ProjectFile.Prompt("/app/b.prompty", PromptText.FreeText), ProjectFile.Lock(PromptText.TriageLock)];
        GeneratedProject one = GeneratedProject.Run(files);
        GeneratedProject other = GeneratedProject.Run([.. files.Reverse()]);
        foreach (string name in one.FileNames)
        {
            Assert.AreEqual(one[name], other[name]);
        }
    }

    [TestMethod]
    public void Labels_of_any_script_get_valid_names_and_convert_both_ways()
    {
        Assembly app = GeneratedProject.Run(ProjectFile.Prompt("/app/x.prompty", International)).Load();
        Type type = app.GetType("TicketTriage.IItIiTitle", throwOnError: true)!;
        Type labels = app.GetType("TicketTriage.IItIiTitleLabels", throwOnError: true)!;
        Assert.HasCount(10, Enum.GetNames(type));
        foreach (object value in Enum.GetValues(type))
        {
            string label = (string)labels.GetMethod("ToLabel")!.Invoke(null, [value])!;
            Assert.AreEqual(value, labels.GetMethod("FromLabel")!.Invoke(null, [label]));
            string json = System.Text.Json.JsonSerializer.Serialize(value, type);
            Assert.AreEqual(label, System.Text.Json.JsonSerializer.Deserialize<string>(json));
            Assert.AreEqual(value, System.Text.Json.JsonSerializer.Deserialize(json, type));
        }

        Assert.AreEqual("e\u0301t\u00e9", labels.GetMethod("ToLabel")!.Invoke(null, [Enum.ToObject(type, 7)]), "The exact label, not a normalized one.");
    }

    [TestMethod]
    [DataRow("class")]
    [DataRow("string")]
    [DataRow("definition")]
    [DataRow("dispose")]
    [DataRow("record")]
    [DataRow("task")]
    [DataRow("system")]
    [DataRow("list-from-json")]
    public void Prompts_and_inputs_called_like_C_sharp_itself_compile(string name)
    {
        string text = PromptText.FreeText
            .Replace("short-reply", name, StringComparison.Ordinal)
            .Replace("name: text", "name: " + name.Replace('-', '_'), StringComparison.Ordinal)
            .Replace("{{text}}", "{{" + name.Replace('-', '_') + "}}", StringComparison.Ordinal);
        GeneratedProject.Run(ProjectFile.Prompt("/app/x.prompty", text)).Load();
    }

    [TestMethod]
    public void Types_of_the_project_do_not_get_in_the_way()
    {
        const string Taken = """
            namespace TicketTriage
            {
                internal class Task; internal class ValueTask<T>; internal class CancellationToken; internal class Prediction<T>; internal class EdgeBuild;
                internal class Enumerable; internal class Func<T>; internal class KeyValuePair<T>; internal class System; internal class HashCode;
            }
            """;
        GeneratedProject.Run(
            Taken,
            ProjectFile.Prompt("/app/a.prompty", PromptText.Triage),
            ProjectFile.Prompt("/app/b.prompty", PromptText.FreeText),
            ProjectFile.Prompt("/app/c.prompty", StructuredPrompt.Tools)).Load();
    }

    [TestMethod]
    public void Labels_keep_their_values_when_enumValues_get_a_new_one_in_front()
    {
        const string Before = "enumValues: [beta, alpha]";
        string prompt = PromptText.Open.Replace("outputs:\n  - name: topic\n    kind: string", "outputs:\n  - name: topic\n    kind: string\n    " + Before, StringComparison.Ordinal);
        string changed = prompt.Replace(Before, "enumValues: [new one, beta, alpha]", StringComparison.Ordinal);
        string code = GeneratedProject.Run(ProjectFile.Prompt("/app/sort.prompty", changed), ProjectFile.Lock(PromptText.LockWithLabels("beta", "alpha")))["TicketTriage.Sort.g.cs"];
        Assert.Contains("Beta = 0,", code);
        Assert.Contains("Alpha = 1,", code);
        Assert.Contains("NewOne = 2,", code);
        Assert.IsLessThan(code.IndexOf("Beta = 0,", StringComparison.Ordinal), code.IndexOf("NewOne = 2,", StringComparison.Ordinal), "The order of the prompt stays.");
        Assert.Contains("""["topic"] = new string[] { "new one", "beta", "alpha" },""", code);
    }

    private static string[] Generate(CultureInfo culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            GeneratedProject project = GeneratedProject.Run(
                ProjectFile.Prompt("/app/x.prompty", International),
                ProjectFile.Prompt("/app/a.prompty", StructuredPrompt.Tools),
                ProjectFile.Prompt("/app/triage.prompty", PromptText.Triage),
                ProjectFile.Lock(PromptText.TriageLock));
            Assert.HasCount(3, project.FileNames);
            return [.. project.FileNames, .. project.FileNames.Select(name => project[name])];
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string Code(string text) => GeneratedProject.Run(ProjectFile.Prompt("/app/triage.prompty", text))["TicketTriage.Triage.g.cs"];
}
