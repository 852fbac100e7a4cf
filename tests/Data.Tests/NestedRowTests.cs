using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Prompts;

namespace EdgeBuild.Data.Tests;

/// <summary>Rows whose outputs are arrays and objects.</summary>
[TestClass]
public sealed class NestedRowTests : IDisposable
{
    private const string Prompt = """
        ---
        name: order
        inputs:
          - name: text
            kind: string
        outputs:
          - name: order
            kind: object
            properties:
              - name: items
                kind: array
                items:
                  kind: object
                  properties:
                    - name: article
                      kind: string
                      enumValues: [bolt, nut]
                    - name: count
                      kind: integer
              - name: note
                kind: string
                required: false
              - name: express
                kind: boolean
        ---
        user:
        {{text}}
        """;

    private readonly TemporaryDirectory _directory = new();
    private readonly List<DatasetRow> _rows = [];

    public void Dispose() => _directory.Dispose();

    [TestMethod]
    public void Value_becomes_compact_JSON_in_declared_order_whatever_the_file_writes()
    {
        const string Expected = """{"items":[{"article":"bolt","count":2},{"article":"nut","count":10}],"note":null,"express":true}""";
        string json = _directory.Write("a.jsonl", """{"text": "a", "order": {"express": true, "items": [{"count": 2, "article": "bolt"}, {"article": "nut", "count": 10}]}}""" + "\n");
        string csv = _directory.Write("b.csv", "text,order\na,\"{\"\"express\"\":true,\"\"note\"\":null,\"\"items\"\":[{\"\"article\"\":\"\"bolt\"\",\"\"count\"\":2},{\"\"article\"\":\"\"nut\"\",\"\"count\"\":10}]}\"\n");
        Validate(json, csv);
        Assert.AreSequenceEqual([Expected, Expected], _rows.Select(row => row.Outputs["order"]));
        Assert.AreEqual(_rows[0].CanonicalHash, _rows[1].CanonicalHash);
    }

    [TestMethod]
    [DataRow("[]", ErrorCodes.WrongValueType, 24, "'order' must be of kind object")]
    [DataRow("{\"items\": [], \"express\": 1}", ErrorCodes.WrongValueType, 49, "'order.express' must be of kind boolean")]
    [DataRow("{\"items\": []}", ErrorCodes.MissingColumn, 24, "lacks the property 'express'")]
    [DataRow("{\"items\": [], \"expres\": true}", ErrorCodes.WrongValueType, 48, "no property 'expres'")]
    [DataRow("{\"items\": [{\"article\": \"screw\", \"count\": 1}], \"express\": true}", ErrorCodes.UnknownLabel, 47, "enumValues of 'order.items[].article'")]
    [DataRow("{\"items\": [{\"article\": \"nut\", \"count\": 1.5}], \"express\": true}", ErrorCodes.WrongValueType, 63, "'order.items[].count' must be of kind integer")]
    [DataRow("{\"items\": [null], \"express\": true}", ErrorCodes.WrongValueType, 35, "'order.items[]' must be of kind object")]
    public void Mistake_inside_of_a_value_is_an_error_at_its_place(string value, string code, int column, string message)
    {
        string path = _directory.Write("a.jsonl", $"{{\"text\": \"a\", \"order\": {value}}}\n");
        Diagnostic finding = Validate(path).First(finding => finding.IsError);
        Assert.AreEqual((code, 1, column), (finding.Code, finding.Position.Line, finding.Position.Column), finding.ToString());
        Assert.Contains(message, finding.Message);
    }

    private IReadOnlyList<Diagnostic> Validate(params string[] paths)
    {
        PromptDocument document = PromptDocument.Parse("order.prompty", Prompt).Document!;
        PlannedDataset[] datasets = [.. paths.Select(path => new PlannedDataset(path, Path.GetFileName(path), DatasetSplits.Train, 1))];
        return DatasetValidator.Validate(document, datasets, new Dictionary<string, IReadOnlyList<string>>(), _rows.Add).Diagnostics;
    }
}
