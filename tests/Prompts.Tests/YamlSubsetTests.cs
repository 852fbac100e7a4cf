using EdgeBuild.Contracts;
using EdgeBuild.Prompts.Yaml;
using YamlDotNet.RepresentationModel;

namespace EdgeBuild.Prompts.Tests;

[TestClass]
public sealed class YamlSubsetTests
{
    private const string Before = "---\nname: x\ninputs:\n  - name: a\n    kind: string\noutputs:\n  - name: b\n    kind: boolean\nmetadata:\n";
    private const int FirstLine = 10;
    private const string After = "---\nuser:\n{{a}}\n";

    public static IEnumerable<string> Accepted =>
    [
        "a: b\n",
        "a : b\n",
        "a:   b   # comment\n",
        "# comment\na: b\n\n  # another\nc: d\n",
        "a:\nb: ~\nc: null\n",
        "a: http://example.org:80/x#y\n",
        "a: b:c\nd: -1\ne: -x\nf: ?x\ng: :x\n",
        "a: it's \"quoted\" inside\n",
        "a: 'it''s'\nb: \"x \\\"y\\\" \\u00e9 \\x41 \\U0001F600 \\t \\\\ \\/ \\_\"\n",
        "'quoted key': 1\n\"other: key\" : 2\n",
        "a: 'x # no comment'\n",
        "a: \"\"\nb: ''\n",
        "two words: x\n",
        "a:\n  b:\n    c: d\n  e: f\n",
        "a:\n  - x\n  - y z\n  - 'q'\n",
        "a:\n- x\n- y\nb: c\n",
        "a:\n  - name: x\n    kind: y\n  - name: z\n",
        "a:\n  -\n    name: x\n  -\n  - y\n",
        "a:\n  - - x\n    - y\n  - - z\n",
        "a:\n  - b:\n      - c\n    d: e\n",
        "a:\n  - \"x: y\"\n  - http://x\n",
        "a: []\nb: [x]\nc: [ x , 'y, z', \"w\" ] # comment\nd: [x, y,]\n",
        "a: |\n  one\n  two\n",
        "a: |\n  one\n   two\n\n  three\n\n\nb: c\n",
        "a: |-\n  one\n  two\n\nb: c\n",
        "a: |+\n  one\n\n\nb: c\n",
        "a: |2\n   one\n  two\n",
        "a: |-2\n   one\n  two\n",
        "a: >\n  one\n  two\n\n  three\n   four\n   five\n  six\n",
        "a: >-\n  one\n\n\n  two\nb: c\n",
        "a: >+\n  one\n\n\nb: c\n",
        "a: >\n\n  one\n  two\n",
        "a: |\nb: c\n",
        "a: |+\n\nb: c\n",
        "a: | # comment\n  # text\n  x: y\nb: c\n",
        "a:\n  - |\n    one\n    two\n  - x\n",
        "a:\n  - b: |\n      one\n    c: d\n",
        "a: |\n  tab\tinside\n  \"quotes\" and {{x}}\n",
        "a: >\n  one\n  \ttabbed\n  two\n",
        "a: grüße 你好 😀\n",
        "a: 1.5\nb: 0x1F\nc: .inf\nd: yes\n",
        "a: |\n  one\n  \n   \n  two\n",
    ];

    public static IEnumerable<object[]> AcceptedRows => Accepted.Select(text => new object[] { text });

    [TestMethod]
    [DynamicData(nameof(AcceptedRows))]
    public void Accepted_text_means_what_YamlDotNet_reads(string yaml)
    {
        string indented = Indent(yaml);
        PromptDocument document = PromptText.ParseValid(Before + indented + After);
        var stream = new YamlStream();
        using (var reader = new StringReader("metadata:\n" + indented))
        {
            stream.Load(reader);
        }

        AssertSame(((YamlMappingNode)stream.Documents[0].RootNode).Children[new YamlScalarNode("metadata")], document.Metadata!);
    }

    [TestMethod]
    public void Positions_are_those_of_YamlDotNet()
    {
        const string Yaml = "a: b\nlong: 'x y'\nlist:\n  - 1\n  - q: \"z\"\n    r: |\n      t\nflow: [u, v]\n";
        PromptDocument document = PromptText.ParseValid(Before + Indent(Yaml) + After);
        var stream = new YamlStream();
        using (var reader = new StringReader(Before[4..] + Indent(Yaml)))
        {
            stream.Load(reader);
        }

        AssertSamePositions(((YamlMappingNode)stream.Documents[0].RootNode).Children[new YamlScalarNode("metadata")], document.Metadata!);
    }

    [TestMethod]
    [DataRow("a: &x b\n", 0, 4, "Anchors")]
    [DataRow("a: *x\n", 0, 4, "Aliases")]
    [DataRow("a: !!str b\n", 0, 4, "Tags")]
    [DataRow("a: {b: c}\n", 0, 4, "braces")]
    [DataRow("a: [b, [c]]\n", 0, 8, "single values")]
    [DataRow("a: [b, {c: d}]\n", 0, 8, "single values")]
    [DataRow("a: [b: c]\n", 0, 6, "key")]
    [DataRow("a: [b, c\n", 0, 4, "does not end")]
    [DataRow("a: [b c\"d\" e\n", 0, 4, "does not end")]
    [DataRow("a: ['b' c]\n", 0, 9, "comma")]
    [DataRow("a: [b] c\n", 0, 8, "Text follows")]
    [DataRow("a: [, b]\n", 0, 5, "cannot start")]
    [DataRow("? a\n", 0, 1, "'?'")]
    [DataRow("<<: a\n", 0, 1, "Merge")]
    [DataRow("a: b: c\n", 0, 5, "colon")]
    [DataRow("a: b:\n", 0, 5, "colon")]
    [DataRow("a:b\n", 0, 2, "space is missing")]
    [DataRow("just text\n", 0, 1, "colon is expected")]
    [DataRow("a: b\njust text\n", 1, 1, "colon is expected")]
    [DataRow("a: 'b\n", 0, 4, "not closed")]
    [DataRow("a: \"b\n", 0, 4, "not closed")]
    [DataRow("a: \"b\\q\"\n", 0, 6, "escape")]
    [DataRow("a: \"b\\ud83d\"\n", 0, 6, "escape")]
    [DataRow("a: 'b' c\n", 0, 8, "closing quote")]
    [DataRow("a: b\n  c\n", 1, 1, "ends on its own line")]
    [DataRow("a: b\n  c: d\n", 1, 1, "ends on its own line")]
    [DataRow("a:\n  b: c\n d: e\n", 2, 1, "indented further")]
    [DataRow("a:\n  - b\n   - c\n", 2, 1, "ends on its own line")]
    [DataRow("a:\n  - b\n  c: d\n", 2, 1, "indented further")]
    [DataRow("a: b\n- c\n", 1, 1, "list item")]
    [DataRow("a: - b\n", 0, 4, "list item")]
    [DataRow("a:\tb\n", 0, 3, "tab")]
    [DataRow("a: b\tc\n", 0, 5, "tab")]
    [DataRow("a:\n\tb: c\n", 1, 1, "tab")]
    [DataRow("a: %b\n", 0, 4, "reserved")]
    [DataRow("a: @b\n", 0, 4, "reserved")]
    [DataRow("a: `b\n", 0, 4, "reserved")]
    [DataRow("a: | b\n", 0, 6, "next line")]
    [DataRow("a: |x\n", 0, 5, "'+', '-'")]
    [DataRow("a: |++\n", 0, 6, "'+', '-'")]
    [DataRow("a: |\n     \n  b\n", 1, 3, "more spaces")]
    [DataRow("a: |\n    b\n  c\n", 2, 1, "ends on its own line")]
    [DataRow(": b\n", 0, 1, "empty")]
    [DataRow("'': b\n", 0, 3, "empty")]
    [DataRow("a: 1\na: 2\n", 1, 1, "second time")]
    [DataRow("a: 1\n'a': 2\n", 1, 1, "second time")]
    [DataRow("a: \u0007\n", 0, 4, "control character")]
    public void Everything_else_of_YAML_is_refused_at_its_place(string yaml, int line, int column, string expected)
    {
        PromptParseResult result = PromptDocument.Parse("a.prompty", Before + Indent(yaml) + After);
        Assert.HasCount(1, result.Diagnostics, string.Join("\n", result.Diagnostics));
        Diagnostic diagnostic = result.Diagnostics[0];
        int tabbed = yaml.Split('\n')[line].StartsWith('\t') ? 0 : 2;
        int expectedColumn = expected is "indented further" or "ends on its own line" ? 1 : column + tabbed;
        Assert.AreEqual((FirstLine + line, expectedColumn), (diagnostic.Position.Line, diagnostic.Position.Column), diagnostic.ToString());
        Assert.Contains(expected, diagnostic.Message);
    }

    [TestMethod]
    [DataRow(" name: x\n", 2, 1, "indented")]
    [DataRow("- name: x\n", 2, 1, "is a list")]
    [DataRow("name: x\n...\n", 3, 1, "'...'")]
    [DataRow("%YAML 1.2\n", 2, 1, "reserved")]
    public void Root_is_a_mapping_in_column_1(string yaml, int line, int column, string expected)
    {
        PromptParseResult result = PromptDocument.Parse("a.prompty", "---\n" + yaml + After);
        Diagnostic diagnostic = result.Diagnostics.Single();
        Assert.AreEqual((line, column), (diagnostic.Position.Line, diagnostic.Position.Column), diagnostic.ToString());
        Assert.Contains(expected, diagnostic.Message);
    }

    [TestMethod]
    public void Deep_nesting_is_refused()
    {
        string yaml = string.Concat(Enumerable.Range(0, 20).Select(depth => new string(' ', depth * 2) + "a:\n"));
        PromptParseResult result = PromptDocument.Parse("a.prompty", Before + Indent(yaml) + After);
        Assert.Contains("levels", result.Diagnostics.Single().Message);
    }

    private static string Indent(string yaml) =>
        string.Concat(yaml.TrimEnd('\n').Split('\n').Select(line => (line.Length == 0 || line[0] == '\t' ? line : "  " + line) + "\n"))
        + new string('\n', yaml.Length - yaml.TrimEnd('\n').Length - 1);

    private static void AssertSame(YamlDotNet.RepresentationModel.YamlNode expected, Yaml.YamlNode actual)
    {
        switch (expected)
        {
            case YamlScalarNode scalar:
                Assert.AreEqual(scalar.Value ?? string.Empty, ((YamlScalar)actual).Text);
                Assert.AreEqual(scalar.Style.ToString(), ((YamlScalar)actual).Style.ToString());
                break;
            case YamlSequenceNode sequence:
                Assert.HasCount(sequence.Children.Count, ((YamlSequence)actual).Items);
                foreach ((YamlDotNet.RepresentationModel.YamlNode item, Yaml.YamlNode own) in sequence.Children.Zip(((YamlSequence)actual).Items))
                {
                    AssertSame(item, own);
                }

                break;
            case YamlMappingNode mapping:
                Assert.HasCount(mapping.Children.Count, ((YamlMapping)actual).Entries);
                foreach ((KeyValuePair<YamlDotNet.RepresentationModel.YamlNode, YamlDotNet.RepresentationModel.YamlNode> entry, YamlEntry own) in mapping.Children.Zip(((YamlMapping)actual).Entries))
                {
                    AssertSame(entry.Key, own.Key);
                    AssertSame(entry.Value, own.Value);
                }

                break;
        }
    }

    private static void AssertSamePositions(YamlDotNet.RepresentationModel.YamlNode expected, Yaml.YamlNode actual)
    {
        // The front matter starts in line 2 of the file.
        Assert.AreEqual(((int)expected.Start.Line + 1, (int)expected.Start.Column), (actual.Position.Line, actual.Position.Column), expected.ToString());
        if (expected is YamlScalarNode { Style: not YamlDotNet.Core.ScalarStyle.Literal })
        {
            Assert.AreEqual(((int)expected.End.Line + 1, (int)expected.End.Column), (actual.Position.EndLine, actual.Position.EndColumn), expected.ToString());
        }

        IEnumerable<Yaml.YamlNode> children = actual switch
        {
            YamlSequence sequence => sequence.Items,
            YamlMapping mapping => mapping.Entries.SelectMany(entry => new[] { entry.Key, entry.Value }),
            _ => [],
        };
        IEnumerable<YamlDotNet.RepresentationModel.YamlNode> expectedChildren = expected switch
        {
            YamlSequenceNode sequence => sequence.Children,
            YamlMappingNode mapping => mapping.Children.SelectMany(entry => new[] { entry.Key, entry.Value }),
            _ => [],
        };
        foreach ((YamlDotNet.RepresentationModel.YamlNode child, Yaml.YamlNode own) in expectedChildren.Zip(children))
        {
            AssertSamePositions(child, own);
        }
    }
}
