using EdgeBuild.Contracts;
using EdgeBuild.Prompts.Tools;

namespace EdgeBuild.Prompts.Tests;

[TestClass]
public sealed class ToolTests
{
    private const string Head = "---\nname: x\nmetadata:\n  edge:\n    tools:\n";
    private const string Tail = "inputs:\n  - name: a\n    kind: string\n---\nuser:\n{{a}}";

    private const string Tools = """
              - name: open_ticket
                description: Opens a ticket.
                parameters:
                  - name: title
                    kind: string
                    description: One line.
                  - name: priority
                    kind: string
                    enumValues: [low, high]
                  - name: copies
                    kind: integer
              - name: hang-up
                parameters: []

        """;

    [TestMethod]
    public void Tools_are_read_with_typed_parameters_and_make_the_one_output()
    {
        PromptDocument document = PromptText.ParseValid(Head + Tools + Tail);
        Assert.AreSequenceEqual(["open_ticket", "hang-up"], document.Tools.Select(tool => tool.Name));
        PromptTool tool = document.Tools[0];
        Assert.AreEqual("Opens a ticket.", tool.Description);
        Assert.AreSequenceEqual(["title", "priority", "copies"], tool.Parameters.Select(parameter => parameter.Name));
        Assert.AreSequenceEqual([true, false, false], tool.Parameters.Select(parameter => parameter.IsFreeText));
        Assert.AreSequenceEqual(["low", "high"], tool.Parameters[1].EnumValues);
        Assert.IsEmpty(document.Tools[1].Parameters);
        PromptOutput output = document.Outputs.Single();
        Assert.AreEqual((PromptTool.OutputName, PromptValueKind.Object, false), (output.Name, output.Kind, output.IsLabelled));
        Assert.IsTrue(LabelSet.From(document, null).IsComplete);
    }

    [TestMethod]
    [DataRow("      - description: d\n", ErrorCodes.InvalidFrontMatter, 6, 9, "no 'name'")]
    [DataRow("      - name: a b\n", ErrorCodes.InvalidFrontMatter, 6, 15, "letters, digits")]
    [DataRow("      - name: a\n        returns: x\n", ErrorCodes.InvalidFrontMatter, 7, 9, "not a key of a tool")]
    [DataRow("      - name: a_b\n      - name: aB\n      - name: a-b\n", ErrorCodes.DuplicateName, 7, 15, "'AB'")]
    [DataRow("      - plain\n", ErrorCodes.InvalidFrontMatter, 6, 9, "keys of its own")]
    [DataRow("      - name: a\n        parameters:\n          - name: p\n            kind: date\n", ErrorCodes.UnsupportedKind, 9, 19, "'date'")]
    [DataRow("      - name: a\n        parameters:\n          - name: p\n            kind: string\n            enumValues: [x, x]\n", ErrorCodes.DuplicateLabel, 10, 29, "second time")]
    [DataRow("      - name: a\n        parameters:\n          - name: p\n            kind: string\n          - name: P\n            kind: string\n", ErrorCodes.DuplicateName, 10, 19, "same C# name 'P'")]
    public void Wrong_tools_are_reported_at_their_place(string tools, string code, int line, int column, string expected)
    {
        PromptParseResult result = PromptDocument.Parse("x.prompty", Head + tools + Tail);
        Assert.IsNull(result.Document);
        Diagnostic finding = result.Diagnostics[0];
        Assert.AreEqual((code, line, column), (finding.Code, finding.Position.Line, finding.Position.Column), finding.ToString());
        Assert.Contains(expected, finding.Message);
    }

    [TestMethod]
    [DataRow("    freeText: [p]\n", 16, "any text unless it has enumValues")]
    [DataRow("    maxTokens:\n      p: 40\n", 7, "EdgeCallOptions.MaxTokens")]
    public void Keys_for_outputs_are_refused_beside_tools(string key, int column, string expected)
    {
        const string Tool = "      - name: a\n        parameters:\n          - name: p\n            kind: string\n";
        Diagnostic finding = PromptDocument.Parse("x.prompty", Head + Tool + key + Tail).Diagnostics.Single();
        Assert.AreEqual((ErrorCodes.InvalidFrontMatter, column), (finding.Code, finding.Position.Column), finding.ToString());
        Assert.Contains(expected, finding.Message);
    }

    [TestMethod]
    public void Tools_must_be_a_list()
    {
        PromptParseResult result = PromptDocument.Parse("x.prompty", "---\nname: x\nmetadata:\n  edge:\n    tools: all\n" + Tail);
        Assert.AreEqual((ErrorCodes.InvalidFrontMatter, 5), (result.Diagnostics[0].Code, result.Diagnostics[0].Position.Line));
    }

    [TestMethod]
    public void Tools_beside_outputs_are_refused()
    {
        string text = Head + "      - name: a\noutputs:\n  - name: b\n    kind: boolean\n" + Tail;
        Diagnostic finding = PromptDocument.Parse("x.prompty", text).Diagnostics.Single();
        Assert.AreEqual((ErrorCodes.InvalidFrontMatter, 5, 5), (finding.Code, finding.Position.Line, finding.Position.Column));
        Assert.Contains("not both", finding.Message);
    }
}
