using EdgeBuild.Contracts;
using EdgeBuild.Prompts;
using EdgeBuild.Worker.Upgrading;

namespace EdgeBuild.Worker.Tests;

[TestClass]
public sealed class PromptUpgradeTests
{
    private const string Chat = """
        ---
        name: Basic Chat
        description: "A: basic prompt"
        authors:
          - somebody
          - someone else
        version: 1.0
        tags: [chat, 'two words']
        model:
          api: chat
          configuration:
            type: azure_openai
            azure_deployment: ${env:DEPLOYMENT}
          parameters:
            max_tokens: 128
        sample:
          firstName: Jane
          question: |
            What is
            this?
        ---
        # System:
        You help {{firstName}}. {# a comment #}

          User:
        {{{question}}} {{- firstName -}}

        """;

    private const string Typed = """
        ---
        name: grade
        model: {api: chat}
        inputs:
          essay:
            type: string
            description: What was written
            sample: "42"
          points:
            type: number
            default: 10
          weight:
            type: number
            sample: 0.5
          strict: {type: boolean, sample: true}
        outputs:
          grade:
            type: string
            json_schema: {enum: [A, B, "yes"]}
          passed:
            type: boolean
        ---
        system:
        Grade the essay.
        user:
        {{essay}} {{points}} {{weight}} {{strict}}
        """;

    private const string Bare = """
        ---
        $schema: http://schema
        sample: data.json
        ---
        Answer: {{ question }} with {{context.text}}
        """;

    private const string Statements = """
        ---
        name: rag
        authors: [x]
        ---
        system:
        {% for item in documents %}
        {{item.text}}
        {% endfor %}
        user:
        {{question}}
        """;

    [TestMethod]
    public void Chat_file_becomes_a_prompt_with_free_text()
    {
        UpgradedPrompt upgraded = Upgrade(Chat);
        PromptDocument document = ParseValid(upgraded.Text);
        Assert.AreEqual(("basic-chat", "Basic Chat", "A: basic prompt"), (document.Name, document.DisplayName, document.Description));
        Assert.AreSequenceEqual([("firstName", "Jane"), ("question", "What is\nthis?\n")], document.Inputs.Select(input => (input.Name, input.Example)));
        Assert.IsTrue(document.Outputs.Single().IsFreeText);
        Assert.AreSequenceEqual(["authors", "edge", "tags", "version"], document.Metadata!.Entries.Select(entry => entry.Key.Text).Order());
        Assert.AreSequenceEqual([PromptRole.System, PromptRole.User], document.Messages.Select(message => message.Role));
        Assert.EndsWith("---\nsystem:\nYou help {{firstName}}. \n\nuser:\n{{question}} {{firstName}}\n", upgraded.Text);
        Assert.Contains("model", upgraded.Notes.Single(note => note.StartsWith("'model'", StringComparison.Ordinal)));
        Assert.DoesNotContain("DEPLOYMENT", upgraded.Text);
    }

    [TestMethod]
    public void Types_become_kinds_and_samples_become_examples()
    {
        UpgradedPrompt upgraded = Upgrade(Typed);
        PromptDocument document = ParseValid(upgraded.Text);
        Assert.AreSequenceEqual(
            [("essay", PromptValueKind.String, "42"), ("points", PromptValueKind.Integer, "10"), ("weight", PromptValueKind.Float, "0.5"), ("strict", PromptValueKind.Boolean, "true")],
            document.Inputs.Select(input => (input.Name, input.Kind, input.Example)));
        Assert.AreSequenceEqual([PromptValueKind.String, PromptValueKind.Boolean], document.Outputs.Select(output => output.Kind));
        Assert.AreSequenceEqual(["A", "B", "yes"], document.Outputs[0].EnumValues);
        Assert.Contains("'points' was optional", string.Join('\n', upgraded.Notes));
    }

    [TestMethod]
    public void Sample_file_gives_the_inputs_and_a_file_without_roles_is_a_question()
    {
        UpgradedPrompt upgraded = PromptUpgrade.Convert("dir/My file.prompty", Bare, name => name == "data.json" ? """{ "question": "true", "context": { "text": "x" } }""" : null);
        PromptParseResult parsed = PromptDocument.Parse("a.prompty", upgraded.Text);
        Assert.Contains("name: my-file\ndisplayName: My file\n", upgraded.Text);
        Assert.Contains("    example: \"true\"\n", upgraded.Text);
        Assert.EndsWith("---\nuser:\nAnswer: {{question}} with {{context.text}}\n", upgraded.Text);
        Assert.Contains("sample of 'context' was left out", string.Join('\n', upgraded.Notes));

        // What v2 cannot say is told at its place by the parser.
        Diagnostic left = parsed.Diagnostics.Single();
        Assert.AreEqual(ErrorCodes.UnknownPlaceholder, left.Code);
        Assert.AreEqual("{{context.text}}", Excerpt(upgraded.Text, left.Position));
    }

    [TestMethod]
    public void Missing_sample_file_is_told()
    {
        Assert.Contains("'data.json' could not be read", string.Join('\n', Upgrade(Bare).Notes));
        Assert.AreSequenceEqual(["question", "context"], PlaceholdersOf(Upgrade(Bare).Text));
    }

    [TestMethod]
    public void Statements_of_a_template_language_stay_and_are_reported_by_the_parser()
    {
        UpgradedPrompt upgraded = Upgrade(Statements);
        Diagnostic[] left = [.. PromptDocument.Parse("a.prompty", upgraded.Text).Diagnostics];
        Assert.AreSequenceEqual(["{%", "{%"], left.Where(finding => finding.Code == ErrorCodes.InvalidPromptBody).Select(finding => Excerpt(upgraded.Text, finding.Position)));
    }

    [TestMethod]
    [DataRow(Chat)]
    [DataRow(Typed)]
    [DataRow(Bare)]
    [DataRow(Statements)]
    public void Second_conversion_changes_nothing(string version1)
    {
        UpgradedPrompt once = Upgrade(version1);
        Assert.IsTrue(once.IsVersion1);
        UpgradedPrompt twice = Upgrade(once.Text);
        Assert.IsFalse(twice.IsVersion1);
        Assert.AreEqual(once.Text, twice.Text);
        Assert.IsFalse(PromptDocument.Parse("a.prompty", once.Text).Diagnostics.Any(finding => finding.Code == ErrorCodes.PromptyVersion1));
    }

    [TestMethod]
    [DataRow(Chat)]
    [DataRow(Typed)]
    [DataRow(Bare)]
    [DataRow(Statements)]
    public void Version_1_is_recognised_by_the_parser_which_names_the_command(string version1)
    {
        Diagnostic finding = PromptDocument.Parse("dir/a.prompty", version1).Diagnostics.First(finding => finding.Code == ErrorCodes.PromptyVersion1);
        Assert.EndsWith("'edgebuild prompt upgrade a.prompty'.", finding.Message);
    }

    [TestMethod]
    public void Line_ends_are_kept_and_a_prompt_of_this_version_stays_as_it_is()
    {
        string windows = Upgrade(Chat.ReplaceLineEndings("\r\n")).Text;
        Assert.AreEqual(windows, windows.ReplaceLineEndings("\r\n"));
        Assert.AreEqual(Upgrade(Chat).Text, windows.ReplaceLineEndings("\n"));
        string current = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "samples", "TicketTriage", "prompts", "triage.prompty"));
        Assert.AreEqual(new UpgradedPrompt(current, false, []).Text, Upgrade(current).Text);
    }

    [TestMethod]
    [DataRow("no front matter", 1, 1)]
    [DataRow("---\nname: [x\n---\nuser:\nx", 3, 1)]
    [DataRow("---\n- x\n---\nuser:\nx", 2, 1)]
    public void What_is_no_prompt_file_is_an_error_with_a_place(string text, int line, int atLeastColumn)
    {
        EdgeBuildException exception = Assert.ThrowsExactly<EdgeBuildException>(() => Upgrade(text));
        Assert.AreEqual(ErrorCodes.InvalidFrontMatter, exception.Code);
        Assert.AreEqual(line, exception.Position.Line);
        Assert.IsGreaterThanOrEqualTo(atLeastColumn, exception.Position.Column);
    }

    private static UpgradedPrompt Upgrade(string text) => PromptUpgrade.Convert("a.prompty", text, _ => null);

    private static PromptDocument ParseValid(string text)
    {
        PromptParseResult parsed = PromptDocument.Parse("a.prompty", text);
        Assert.IsEmpty(parsed.Diagnostics, string.Join('\n', parsed.Diagnostics) + "\n" + text);
        return parsed.Document!;
    }

    private static IEnumerable<string> PlaceholdersOf(string text) =>
        text.Split('\n').Where(line => line.StartsWith("  - name: ", StringComparison.Ordinal)).Select(line => line["  - name: ".Length..]).Where(name => name != "answer");

    private static string Excerpt(string text, SourcePosition position) => text.Split('\n')[position.Line - 1][(position.Column - 1)..(position.EndColumn - 1)];
}
