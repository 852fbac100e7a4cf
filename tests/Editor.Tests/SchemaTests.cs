using EdgeBuild.Prompts;
using Json.Schema;

namespace EdgeBuild.Editor.Tests;

/// <summary>The schema that editors use accepts what the parser accepts, and refuses what a schema can see.</summary>
[TestClass]
public sealed class SchemaTests
{
    private const string Head = "---\nname: sort\n";
    private const string Inputs = "inputs:\n  - name: text\n    kind: string\n";
    private const string Outputs = "outputs:\n  - name: topic\n    kind: string\n    enumValues: [Billing, How to]\n";
    private const string Body = "---\nuser:\n{{text}}\n";

    private static readonly JsonSchema _schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "schemas", "prompty-front-matter.schema.json")));

    [TestMethod]
    public void Every_prompt_file_of_the_repository_is_valid()
    {
        Assert.IsNotEmpty(RepositoryPrompts.Paths);
        foreach (string path in RepositoryPrompts.Paths)
        {
            AssertValid(File.ReadAllText(path), path);
        }
    }

    [TestMethod]
    public void Generated_prompt_files_are_valid()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            AssertValid(GeneratedPrompt.Create(seed).Text, "seed " + seed);
        }
    }

    [TestMethod]
    [DataRow("displayName: x\ndescription: y\n", Inputs, Outputs)]
    [DataRow("metadata:\n  owner: {a: b}\n", Inputs, Outputs)]
    [DataRow("metadata:\n  edge:\n    maxInputTokens: 12\n    freeText: [topic]\n", Inputs, "outputs:\n  - name: topic\n    kind: string\n")]
    [DataRow("metadata:\n  edge:\n    tools:\n      - name: open-ticket\n        parameters:\n          - name: copies\n            kind: integer\n          - name: tags\n            kind: array\n            items:\n              kind: string\n      - name: hang_up\n        parameters: []\n", Inputs, "")]
    [DataRow("template: jinja2\n", Inputs, Outputs)]
    [DataRow("template:\n  format:\n    kind: jinja2\n  parser: prompty\n", Inputs, Outputs)]
    [DataRow("", "inputs:\n  - name: text\n    kind: integer\n    example: 4\n    description: x\n    required: true\n", Outputs)]
    [DataRow("", "inputs:\n  - name: text\n    kind: string\n    example: \"4\"\n    enumValues: [\"4\"]\n", Outputs)]
    [DataRow("", Inputs, "outputs:\n  - name: a\n    kind: integer\n  - name: b\n    kind: float\n    required: true\n  - name: c\n    kind: boolean\n")]
    [DataRow("", Inputs, "outputs:\n  - name: a\n    kind: array\n    items:\n      kind: object\n      properties:\n        - name: c\n          kind: string\n          enumValues: [x, y]\n        - name: d\n          kind: float\n          required: false\n")]
    public void What_the_parser_accepts_is_valid(string keys, string inputs, string outputs)
    {
        string text = Head + keys + inputs + outputs + Body;

        // Braces are the one thing here that the schema allows and the parser does not.
        PromptParseResult parsed = PromptDocument.Parse("a.prompty", text.Replace("{a: b}", "b", StringComparison.Ordinal));
        Assert.IsEmpty(parsed.Diagnostics, string.Join('\n', parsed.Diagnostics));
        AssertValid(text, keys);
    }

    [TestMethod]
    [DataRow("owner: me\n", Inputs, Outputs)]
    [DataRow("sample: me\n", Inputs, Outputs)]
    [DataRow("model:\n  api: chat\n", Inputs, Outputs)]
    [DataRow("description: 4\n", Inputs, Outputs)]
    [DataRow("metadata: x\n", Inputs, Outputs)]
    [DataRow("metadata:\n  edge:\n    maxTokens: 1\n", Inputs, Outputs)]
    [DataRow("metadata:\n  edge:\n    maxInputTokens: 0\n", Inputs, Outputs)]
    [DataRow("metadata:\n  edge:\n    maxInputTokens: many\n", Inputs, Outputs)]
    [DataRow("metadata:\n  edge:\n    freeText: topic\n", Inputs, Outputs)]
    [DataRow("metadata:\n  edge:\n    tools:\n      - name: a\n", Inputs, Outputs)]
    [DataRow("metadata:\n  edge:\n    tools: []\n", Inputs, "")]
    [DataRow("metadata:\n  edge:\n    tools:\n      - parameters: []\n", Inputs, "")]
    [DataRow("template: liquid\n", Inputs, Outputs)]
    [DataRow("", "", Outputs)]
    [DataRow("", Inputs, "")]
    [DataRow("", "inputs: []\n", Outputs)]
    [DataRow("", "inputs:\n  text:\n    type: string\n", Outputs)]
    [DataRow("", "inputs:\n  - name: text\n", Outputs)]
    [DataRow("", "inputs:\n  - kind: string\n", Outputs)]
    [DataRow("", "inputs:\n  - name: te-xt\n    kind: string\n", Outputs)]
    [DataRow("", "inputs:\n  - name: text\n    kind: image\n", Outputs)]
    [DataRow("", "inputs:\n  - name: text\n    kind: array\n", Outputs)]
    [DataRow("", "inputs:\n  - name: text\n    kind: string\n    type: string\n", Outputs)]
    [DataRow("", "inputs:\n  - name: text\n    kind: string\n    example: 4\n", Outputs)]
    [DataRow("", "inputs:\n  - name: text\n    kind: integer\n    example: x\n", Outputs)]
    [DataRow("", "inputs:\n  - name: text\n    kind: integer\n    enumValues: [x]\n", Outputs)]
    [DataRow("", "inputs:\n  - name: text\n    kind: string\n    required: false\n", Outputs)]
    [DataRow("", Inputs, "outputs:\n  - name: topic\n    kind: string\n    example: x\n")]
    [DataRow("", Inputs, "outputs:\n  - name: topic\n    kind: string\n    enumValues: [x]\n")]
    [DataRow("", Inputs, "outputs:\n  - name: topic\n    kind: string\n    enumValues: [x, x]\n")]
    [DataRow("", Inputs, "outputs:\n  - name: topic\n    kind: string\n    enumValues: [x, ' y']\n")]
    [DataRow("", Inputs, "outputs:\n  - name: topic\n    kind: string\n    enumValues: [x, 1]\n")]
    [DataRow("", Inputs, "outputs:\n  - name: topic\n    kind: boolean\n    enumValues: [x, y]\n")]
    [DataRow("", Inputs, "outputs:\n  - name: topic\n    kind: array\n")]
    [DataRow("", Inputs, "outputs:\n  - name: topic\n    kind: boolean\n    required: false\n")]
    [DataRow("", Inputs, "outputs:\n  - name: topic\n    kind: object\n")]
    [DataRow("", Inputs, "outputs:\n  - name: topic\n    kind: boolean\n    items:\n      kind: string\n")]
    [DataRow("", Inputs, "outputs:\n  - name: topic\n    kind: array\n    items:\n      name: x\n      kind: string\n")]
    public void What_is_wrong_is_refused_by_schema_and_parser(string keys, string inputs, string outputs)
    {
        string text = Head + keys + inputs + outputs + Body;
        Assert.IsTrue(PromptDocument.Parse("a.prompty", text).Diagnostics.Any(finding => finding.IsError), text);
        Assert.IsFalse(_schema.Evaluate(FrontMatterJson.Read(text)).IsValid, text);
    }

    private static void AssertValid(string text, string what)
    {
        EvaluationResults result = _schema.Evaluate(FrontMatterJson.Read(text), new EvaluationOptions { OutputFormat = OutputFormat.List });
        string problems = string.Join('\n', (result.Details ?? []).Where(detail => detail.Errors is not null).Select(detail => $"{detail.InstanceLocation}: {string.Join(", ", detail.Errors!.Values)}"));
        Assert.IsTrue(result.IsValid, $"{what}: {problems}\n{text}");
    }
}
