using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Tests;

[TestClass]
public sealed class FrontMatterTests
{
    private const string Rest = "---\nuser:\n{{a}}";
    private const string Inputs = "inputs:\n  - name: a\n    kind: string\n";
    private const string Outputs = "outputs:\n  - name: b\n    kind: boolean\n";

    [TestMethod]
    [DataRow("", 1, 1, "'---'", DisplayName = "empty file")]
    [DataRow("\n---\nname: x\n---\n", 1, 1, "'---'", DisplayName = "blank line before the front matter")]
    [DataRow("--- x\nname: x\n---\n", 1, 1, "'---'", DisplayName = "text after the delimiter")]
    [DataRow("---\nname: x\n ---\n", 1, 1, "no end", DisplayName = "indented closing delimiter")]
    public void Missing_delimiters_are_reported(string text, int line, int column, string expected)
    {
        AssertFinding(text, ErrorCodes.InvalidFrontMatter, line, column, expected);
    }

    [TestMethod]
    [DataRow("name: x\nowner: me\n", ErrorCodes.InvalidFrontMatter, 3, 1, "'owner' is not a key")]
    [DataRow("name: x\nmodel: gpt\n", ErrorCodes.InvalidFrontMatter, 3, 1, "EdgePrompt")]
    [DataRow("name: x\ntools:\n  - a\n", ErrorCodes.InvalidFrontMatter, 3, 1, "stand below 'metadata'")]
    [DataRow("name: x\nName: y\n", ErrorCodes.InvalidFrontMatter, 3, 1, "Known keys: name")]
    [DataRow("name: x\nname: y\n", ErrorCodes.DuplicateName, 3, 1, "first in line 2")]
    [DataRow("displayName: x\n", ErrorCodes.InvalidFrontMatter, 1, 1, "no 'name'")]
    [DataRow("name:\n", ErrorCodes.InvalidFrontMatter, 2, 6, "no value")]
    [DataRow("name: 12\n", ErrorCodes.InvalidFrontMatter, 2, 7, "double quotes")]
    [DataRow("name: two words\n", ErrorCodes.InvalidFrontMatter, 2, 7, "letters, digits")]
    [DataRow("name: 1st\n", ErrorCodes.InvalidFrontMatter, 2, 7, "start with a letter")]
    [DataRow("name: x\ndescription:\n  - a\n", ErrorCodes.InvalidFrontMatter, 4, 3, "must be text")]
    [DataRow("name: x\ndescription: true\n", ErrorCodes.InvalidFrontMatter, 3, 14, "double quotes")]
    [DataRow("name: x\nmetadata: y\n", ErrorCodes.InvalidFrontMatter, 3, 11, "keys of its own")]
    [DataRow("name: x\nmetadata:\n  edge:\n    tokens: 5\n", ErrorCodes.InvalidFrontMatter, 5, 5, "maxInputTokens, maxTokens")]
    [DataRow("name: x\nmetadata:\n  edge:\n    maxTokens: 5\n", ErrorCodes.InvalidFrontMatter, 5, 16, "keys of its own")]
    [DataRow("name: x\nmetadata:\n  edge:\n    maxTokens:\n      c: 5\n", ErrorCodes.InvalidFrontMatter, 6, 7, "not an output")]
    [DataRow("name: x\nmetadata:\n  edge:\n    maxTokens:\n      b: 5\n", ErrorCodes.InvalidFrontMatter, 6, 7, "no length to limit")]
    [DataRow("name: x\nmetadata:\n  edge:\n    maxInputTokens: 0\n", ErrorCodes.InvalidFrontMatter, 5, 21, "from 1")]
    [DataRow("name: x\nmetadata:\n  edge:\n    maxInputTokens: many\n", ErrorCodes.InvalidFrontMatter, 5, 21, "from 1")]
    [DataRow("name: x\nmetadata:\n  edge:\n    freeText: [c]\n", ErrorCodes.InvalidFrontMatter, 5, 16, "not an output")]
    [DataRow("name: x\nmetadata:\n  edge:\n    freeText: [b]\n", ErrorCodes.InvalidFrontMatter, 5, 16, "without enumValues")]
    [DataRow("name: x\ntemplate: mustache\n", ErrorCodes.InvalidFrontMatter, 3, 11, "default")]
    [DataRow("name: x\ntemplate:\n  format: liquid\n", ErrorCodes.InvalidFrontMatter, 4, 11, "jinja2")]
    [DataRow("name: x\ntemplate:\n  engine: jinja2\n", ErrorCodes.InvalidFrontMatter, 4, 3, "format, parser")]
    public void Top_level_keys_are_checked(string keys, string code, int line, int column, string expected)
    {
        AssertFinding("---\n" + keys + Inputs + Outputs + Rest, code, line, column, expected);
    }

    [TestMethod]
    [DataRow("template: jinja2\n")]
    [DataRow("template:\n  format: jinja2\n  parser: prompty\n")]
    [DataRow("template:\n  format:\n    kind: jinja2\n  parser:\n    kind: prompty\n")]
    public void Default_template_may_be_written_out(string template)
    {
        PromptText.ParseValid("---\nname: x\n" + template + Inputs + Outputs + Rest);
    }

    [TestMethod]
    [DataRow("sample:\n  a: b\n", 3, 1, "'example'")]
    [DataRow("authors:\n  - me\n", 3, 1, "'metadata'")]
    [DataRow("version: 1.0\n", 3, 1, "'metadata'")]
    [DataRow("tags: [x]\n", 3, 1, "'metadata'")]
    [DataRow("$schema: y\n", 3, 1, "Remove it")]
    [DataRow("model:\n  api: chat\n", 3, 1, "EdgePrompt")]
    public void Version_1_keys_say_what_to_rename(string keys, int line, int column, string expected)
    {
        AssertFinding("---\nname: x\n" + keys + Inputs + Outputs + Rest, ErrorCodes.PromptyVersion1, line, column, expected);
    }

    [TestMethod]
    public void Version_1_inputs_say_what_to_rename()
    {
        PromptParseResult result = PromptDocument.Parse("a.prompty", "---\nname: x\ninputs:\n  a:\n    type: string\n" + Outputs + Rest);
        Diagnostic diagnostic = result.Diagnostics[0];
        Assert.AreEqual((ErrorCodes.PromptyVersion1, 4, 3), (diagnostic.Code, diagnostic.Position.Line, diagnostic.Position.Column));
        AssertFinding("---\nname: x\ninputs:\n  - name: a\n    type: string\n    kind: string\n" + Outputs + Rest, ErrorCodes.PromptyVersion1, 5, 5, "'kind'");
    }

    [TestMethod]
    [DataRow("  - name: a\n    kind: text\n", ErrorCodes.UnsupportedKind, 5, 11, "string, integer, float")]
    [DataRow("  - name: a\n    kind: image\n", ErrorCodes.UnsupportedKind, 5, 11, "not supported")]
    [DataRow("  - name: a\n    kind: array\n", ErrorCodes.UnsupportedKind, 5, 11, "array is not supported")]
    [DataRow("  - name: a\n    kind: object\n", ErrorCodes.UnsupportedKind, 5, 11, "object is not supported")]
    [DataRow("  - name: a\n    kind: string\n    required: false\n", ErrorCodes.UnsupportedKind, 6, 15, "may be missing")]
    [DataRow("  - name: a\n    kind: string\n    required: no\n", ErrorCodes.InvalidFrontMatter, 6, 15, "true or false")]
    [DataRow("  - name: a\n    kind: string\n    default: x\n", ErrorCodes.InvalidFrontMatter, 6, 5, "'default' is not a key")]
    [DataRow("  - name: a\n    kind: integer\n    example: much\n", ErrorCodes.InvalidFrontMatter, 6, 14, "no integer")]
    [DataRow("  - name: a\n    kind: float\n    example: much\n", ErrorCodes.InvalidFrontMatter, 6, 14, "no float")]
    [DataRow("  - name: a\n    kind: boolean\n    example: 1\n", ErrorCodes.InvalidFrontMatter, 6, 14, "no boolean")]
    [DataRow("  - name: a\n    kind: string\n    example: 1\n", ErrorCodes.InvalidFrontMatter, 6, 14, "no string")]
    [DataRow("  - name: a\n    kind: string\n    enumValues: [x, y]\n    example: z\n", ErrorCodes.UnknownLabel, 7, 14, "not one of")]
    [DataRow("  - name: a\n    kind: integer\n    enumValues: [x]\n", ErrorCodes.InvalidFrontMatter, 6, 18, "kind string")]
    [DataRow("  - name: a\n    kind: string\n  - name: a\n    kind: string\n", ErrorCodes.DuplicateName, 6, 11, "first in line 4")]
    [DataRow("  - name: a\n    kind: string\n  - name: _a\n    kind: string\n", ErrorCodes.DuplicateName, 6, 11, "same C# name 'a'")]
    [DataRow("  - name: a\n    kind: string\n  - name: b\n    kind: string\n", ErrorCodes.UnusedInput, 6, 11, null)]
    public void Inputs_are_checked(string inputs, string code, int line, int column, string? expected)
    {
        string text = "---\nname: x\ninputs:\n" + inputs + Outputs.Replace("b", "b2", StringComparison.Ordinal).Replace("b2oolean", "boolean", StringComparison.Ordinal) + Rest;
        AssertFinding(text, code, line, column, expected, others: code == ErrorCodes.UnusedInput ? null : [ErrorCodes.UnknownPlaceholder, ErrorCodes.UnusedInput]);
    }

    [TestMethod]
    [DataRow("  - name: b\n    kind: array\n", ErrorCodes.InvalidFrontMatter, 8, 11, "needs 'items'")]
    [DataRow("  - name: b\n    kind: object\n", ErrorCodes.InvalidFrontMatter, 8, 11, "needs 'properties'")]
    [DataRow("  - name: b\n    kind: boolean\n    items:\n      kind: string\n", ErrorCodes.InvalidFrontMatter, 9, 5, "for values of kind array")]
    [DataRow("  - name: b\n    kind: object\n    properties:\n      - name: c\n        kind: string\n      - name: c\n        kind: string\n", ErrorCodes.DuplicateName, 12, 15, "first in line 10")]
    [DataRow("  - name: b\n    kind: array\n    items:\n      kind: string\n      enumValues: [x, x]\n", ErrorCodes.DuplicateLabel, 11, 23, "second time")]
    [DataRow("  - name: b\n    kind: object\n    properties:\n      - name: c\n        kind: boolean\n        enumValues: [x, y]\n", ErrorCodes.InvalidFrontMatter, 12, 21, "kind string")]
    [DataRow("  - name: b\n    kind: boolean\n    example: true\n", ErrorCodes.InvalidFrontMatter, 9, 5, "'example' is not a key of an output")]
    [DataRow("  - name: b\n    kind: boolean\n    required: false\n", ErrorCodes.UnsupportedKind, 9, 15, "may be missing")]
    [DataRow("  - name: b\n    kind: boolean\n    enumValues: [x, y]\n", ErrorCodes.InvalidFrontMatter, 9, 17, "kind string")]
    [DataRow("  - name: b\n    kind: string\n    enumValues: [x]\n", ErrorCodes.InvalidFrontMatter, 9, 17, "at least two")]
    [DataRow("  - name: b\n    kind: string\n    enumValues: x\n", ErrorCodes.InvalidFrontMatter, 9, 17, "must be a list")]
    [DataRow("  - name: b\n    kind: string\n    enumValues: [x, 1, y]\n", ErrorCodes.InvalidFrontMatter, 9, 21, "double quotes")]
    [DataRow("  - name: b\n    kind: string\n    enumValues: [x, '', y]\n", ErrorCodes.InvalidFrontMatter, 9, 21, "must not be empty")]
    [DataRow("  - name: b\n    kind: string\n    enumValues: [x, ' z', y]\n", ErrorCodes.InvalidFrontMatter, 9, 21, "end with a space")]
    [DataRow("  - name: b\n    kind: string\n    enumValues: [x, \"z\\nz\", y]\n", ErrorCodes.InvalidFrontMatter, 9, 21, "line ends")]
    [DataRow("  - name: b\n    kind: string\n    enumValues: [x, y, x]\n", ErrorCodes.DuplicateLabel, 9, 24, "second time")]
    [DataRow("  - name: a\n    kind: boolean\n", ErrorCodes.DuplicateName, 7, 11, "rename one")]
    [DataRow("  - name: b_c\n    kind: boolean\n  - name: b__c\n    kind: boolean\n", ErrorCodes.DuplicateName, 9, 11, "same C# name 'BC'")]
    [DataRow("  - kind: boolean\n", ErrorCodes.InvalidFrontMatter, 7, 5, "no 'name'")]
    [DataRow("  - name: b\n", ErrorCodes.InvalidFrontMatter, 7, 5, "no 'kind'")]
    [DataRow("  - b\n", ErrorCodes.InvalidFrontMatter, 7, 5, "needs keys")]
    [DataRow("  b: string\n", ErrorCodes.InvalidFrontMatter, 7, 3, "must be a list")]
    public void Outputs_are_checked(string outputs, string code, int line, int column, string expected)
    {
        AssertFinding("---\nname: x\n" + Inputs + "outputs:\n" + outputs + Rest, code, line, column, expected);
    }

    [TestMethod]
    public void Inputs_and_outputs_must_be_there()
    {
        AssertFinding("---\nname: x\n" + Inputs + Rest, ErrorCodes.InvalidFrontMatter, 1, 1, "no 'outputs'");
        AssertFinding("---\nname: x\n" + Outputs + Rest, ErrorCodes.InvalidFrontMatter, 1, 1, "no 'inputs'", others: [ErrorCodes.UnknownPlaceholder]);
        AssertFinding("---\nname: x\ninputs: []\n" + Outputs + Rest, ErrorCodes.InvalidFrontMatter, 3, 9, "at least one", others: [ErrorCodes.UnknownPlaceholder]);
    }

    [TestMethod]
    public void Free_text_is_named_below_metadata_and_may_stand_beside_other_outputs()
    {
        const string Metadata = "metadata:\n  edge:\n    freeText: [b]\n";
        PromptDocument document = PromptText.ParseValid("---\nname: x\n" + Metadata + Inputs + "outputs:\n  - name: b\n    kind: string\n  - name: c\n    kind: boolean\n" + Rest);
        Assert.AreSequenceEqual([(true, false), (false, true)], document.Outputs.Select(output => (output.IsFreeText, output.IsLabelled)));
    }

    [TestMethod]
    public void Numbers_and_free_text_may_have_a_limit_of_tokens()
    {
        const string Metadata = "metadata:\n  edge:\n    maxTokens:\n      b: 400\n      c: 2\n    freeText: [b]\n";
        const string Numbers = "outputs:\n  - name: b\n    kind: string\n  - name: c\n    kind: integer\n  - name: d\n    kind: float\n";
        PromptDocument document = PromptText.ParseValid("---\nname: x\n" + Metadata + Inputs + Numbers + Rest);
        Assert.AreSequenceEqual([400, 2, null], document.Outputs.Select(output => output.MaxTokens));
        AssertFinding("---\nname: x\n" + Metadata.Replace("400", "0", StringComparison.Ordinal) + Inputs + Numbers + Rest, ErrorCodes.InvalidFrontMatter, 6, 10, "from 1 to 65536");
    }

    [TestMethod]
    public void Arrays_and_objects_may_be_outputs_and_their_parts_may_be_missing()
    {
        PromptDocument document = PromptText.ParseValid(
            "---\nname: x\n" + Inputs + "outputs:\n  - name: b\n    kind: array\n    items:\n      kind: object\n      properties:\n        - name: c\n          kind: string\n          enumValues: [x, y]\n        - name: d\n          kind: float\n          required: false\n" + Rest);
        PromptOutput item = document.Outputs[0].Items!;
        Assert.AreSequenceEqual([("c", true), ("d", false)], item.Properties.Select(property => (property.Name, property.Required)));
        Assert.IsTrue(LabelSet.From(document, null).IsComplete);
    }

    [TestMethod]
    public void Numbers_may_be_outputs()
    {
        PromptDocument document = PromptText.ParseValid("---\nname: x\n" + Inputs + "outputs:\n  - name: b\n    kind: integer\n  - name: c\n    kind: float\n" + Rest);
        Assert.AreSequenceEqual([(PromptValueKind.Integer, false), (PromptValueKind.Float, false)], document.Outputs.Select(output => (output.Kind, output.IsLabelled)));
        Assert.IsTrue(LabelSet.From(document, null).IsComplete);
    }

    [TestMethod]
    public void Every_mistake_is_reported_in_the_order_of_the_file()
    {
        PromptParseResult result = PromptDocument.Parse("a.prompty", "---\nname: 1\nowner: x\ninputs:\n  - name: a\n    kind: text\noutputs:\n  - name: b\n    kind: real\n---\nuser:\n{{c}} {%");
        Assert.AreSequenceEqual(
            [(2, 7), (3, 1), (6, 11), (9, 11), (12, 1), (12, 7)],
            result.Diagnostics.Select(diagnostic => (diagnostic.Position.Line, diagnostic.Position.Column)));
        Assert.AreEqual("a.prompty(3,1): error EDGE1001: 'owner' is not a key of an EdgeBuild prompt file. Known keys: name, displayName, description, metadata, inputs, outputs, template. Keys of your own may stand below 'metadata'.", result.Diagnostics[1].ToString());
    }

    private static void AssertFinding(string text, string code, int line, int column, string? expected, string[]? others = null)
    {
        PromptParseResult result = PromptDocument.Parse("a.prompty", text);
        Diagnostic[] findings = [.. result.Diagnostics.Where(diagnostic => others?.Contains(diagnostic.Code) != true)];
        Assert.HasCount(1, findings, string.Join("\n", result.Diagnostics));
        Assert.AreEqual((code, line, column), (findings[0].Code, findings[0].Position.Line, findings[0].Position.Column), findings[0].ToString());
        if (expected is not null)
        {
            Assert.Contains(expected, findings[0].Message);
        }
    }
}
