using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Worker.Correcting;

namespace EdgeBuild.Worker.Tests;

/// <summary>Corrections from production that become rows.</summary>
[TestClass]
public sealed class CorrectionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebuild-add-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("rows.jsonl", "{\"text\":\"red 1\",\"color\":\"Red\",\"size\":3}", "{\"text\":\"say \\\"red\\\", é\",\"color\":\"Red\",\"size\":4}")]
    [DataRow("rows.csv", "size,text,color\n3,red 1,Red", "4,\"say \"\"red\"\", é\",Red")]
    public void A_row_is_added_as_the_file_holds_rows(string name, string content, string expected)
    {
        Correction.Result result = Add(name, content, ("text", "say \"red\", é"), ("color", "Red"), ("size", "4"));

        Assert.IsTrue(result.Added, string.Join('\n', result.Findings));
        Assert.AreEqual(content + "\n" + expected + "\n", File.ReadAllText(Path.Combine(_folder, name)));
        Assert.AreEqual(content.Split('\n').Length + 1, result.Line);
    }

    [TestMethod]
    [DataRow("color", "Green", ErrorCodes.UnknownLabel)]
    [DataRow("text", "mail me at john@mailbox.de", ErrorCodes.SensitiveText)]
    [DataRow("text", "red 1", ErrorCodes.DuplicateRow)]
    public void What_the_validator_finds_about_the_row_stops_it_and_the_file_stays(string name, string value, string code)
    {
        const string Content = "{\"text\":\"red 1\",\"color\":\"Red\",\"size\":3}\n";
        var values = new Dictionary<string, string> { ["text"] = "red 2", ["color"] = "Red", ["size"] = "3", [name] = value };

        Correction.Result result = Add("rows.jsonl", Content, [.. values.Select(entry => (entry.Key, entry.Value))]);

        Assert.IsFalse(result.Added);
        Assert.AreEqual(code, result.Findings[0].Code, string.Join('\n', result.Findings));
        Assert.AreEqual(2, result.Findings[0].Position.Line);
        Assert.AreEqual(Content, File.ReadAllText(Path.Combine(_folder, "rows.jsonl")));
    }

    [TestMethod]
    public void Force_adds_a_row_with_warnings_but_not_with_errors()
    {
        const string Content = "{\"text\":\"red 1\",\"color\":\"Red\",\"size\":3}\n";
        Assert.IsTrue(Add("rows.jsonl", Content, force: true, ("text", "red 1"), ("color", "Red"), ("size", "3")).Added);
        Assert.IsFalse(Add("rows.jsonl", Content, force: true, ("text", "red 2"), ("color", "Green"), ("size", "3")).Added);
    }

    [TestMethod]
    public void A_row_that_is_in_the_test_data_is_told_there()
    {
        File.WriteAllText(Path.Combine(_folder, "test.jsonl"), "{\"text\":\"red 9\",\"color\":\"Red\",\"size\":3}\n");
        Correction.Result result = Add("rows.jsonl", "{\"text\":\"red 1\",\"color\":\"Red\",\"size\":3}\n", ("text", "red 9"), ("color", "Red"), ("size", "3"));
        Assert.IsFalse(result.Added);
        Assert.AreEqual((ErrorCodes.LeakedRow, "test.jsonl"), (result.Findings[0].Code, result.Findings[0].Path), string.Join('\n', result.Findings));
    }

    [TestMethod]
    public void Unknown_names_and_values_that_are_no_json_are_errors()
    {
        const string Content = "{\"text\":\"red 1\",\"color\":\"Red\",\"size\":3}\n";
        Assert.AreEqual(ErrorCodes.UnknownReference, Assert.ThrowsExactly<EdgeBuildException>(() => Add("rows.jsonl", Content, ("colour", "Red"))).Code);
        Assert.AreEqual(ErrorCodes.WrongValueType, Assert.ThrowsExactly<EdgeBuildException>(() => Add("rows.jsonl", Content, ("text", "x"), ("color", "Red"), ("size", "three"))).Code);
    }

    private Correction.Result Add(string name, string content, params (string Name, string Value)[] values) => Add(name, content, false, values);

    private Correction.Result Add(string name, string content, bool force, params (string Name, string Value)[] values)
    {
        string prompt = Path.Combine(_folder, "color.prompty");
        File.WriteAllText(prompt, "---\nname: color\ninputs:\n  - name: text\n    kind: string\noutputs:\n  - name: color\n    kind: string\n    enumValues: [Red, Blue]\n  - name: size\n    kind: integer\n---\nuser:\n{{text}}\n");
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        var planned = new PlannedPrompt
        {
            Name = "color",
            Path = prompt,
            DisplayPath = "color.prompty",
            Labels = new Dictionary<string, IReadOnlyList<string>>(),
            Datasets =
            [
                new PlannedDataset(path, name, "Train", 1),
                .. File.Exists(Path.Combine(_folder, "test.jsonl")) ? (PlannedDataset[])[new PlannedDataset(Path.Combine(_folder, "test.jsonl"), "test.jsonl", "Test", 1)] : [],
            ],
            TestRowsHash = string.Empty,
        };
        return new Correction(planned).Add(null, values.ToDictionary(value => value.Name, value => value.Value), force);
    }
}
