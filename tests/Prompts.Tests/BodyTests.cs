using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Tests;

[TestClass]
public sealed class BodyTests
{
    [TestMethod]
    public void Blank_lines_around_messages_are_trimmed_and_inner_ones_kept()
    {
        PromptDocument document = PromptText.ParseValid(PromptText.WithBody("\nsystem:  \n\n \n  one\n\ntwo  \n\t\n\nuser:\n\n{{text}}\n\n\n"));
        Assert.AreEqual("  one\n\ntwo  ", document.Messages[0].Parts.Single().Text);
        Assert.AreEqual("text", document.Messages[1].Parts.Single().Text);
    }

    [TestMethod]
    public void Examples_may_stand_as_turns()
    {
        PromptDocument document = PromptText.ParseValid(PromptText.WithBody("user:\nyes?\nassistant:\ntrue\nuser:\n{{text}}\n"));
        Assert.AreSequenceEqual([PromptRole.User, PromptRole.Assistant, PromptRole.User], document.Messages.Select(message => message.Role));
    }

    [TestMethod]
    [DataRow("user:\n{{ text }}\n", 1, 1, 11)]
    [DataRow("user:\na {{\ttext}} b\n", 1, 3, 12)]
    public void Spaces_inside_of_braces_mean_nothing(string body, int line, int column, int endColumn)
    {
        PromptDocument document = PromptText.ParseValid(PromptText.WithBody(body));
        PromptPart placeholder = document.Messages[0].Parts.Single(part => part.IsPlaceholder);
        Assert.AreEqual("text", placeholder.Text);
        Assert.AreEqual(new SourcePosition(PromptText.FirstBodyLine + line, column, PromptText.FirstBodyLine + line, endColumn), placeholder.Position);
    }

    [TestMethod]
    [DataRow("user:\n{{text}} {\"a\":{\"b\":{}}} {x} } %} #} { }\n")]
    [DataRow("user:\n{{text}}\n{\n  \"a\": { \"b\": 1 }}\n")]
    public void Single_braces_are_text(string body)
    {
        PromptDocument document = PromptText.ParseValid(PromptText.WithBody(body));
        Assert.AreEqual(body["user:\n{{text}}".Length..^1], document.Messages[0].Parts[1].Text);
    }

    [TestMethod]
    [DataRow("user:\n{{text}} {% if x %}\n", 1, 10, "statement")]
    [DataRow("user:\n{{text}} {# x #}\n", 1, 10, "comment")]
    [DataRow("user:\n{{text}} {{#each x}}\n", 1, 10, "not a placeholder")]
    [DataRow("user:\n{{text}} {{x | upper}}\n", 1, 10, "not a placeholder")]
    [DataRow("user:\n{{text}} {{x-y}}\n", 1, 10, "not a placeholder")]
    [DataRow("user:\n{{text}} {{}}\n", 1, 10, "not a placeholder")]
    [DataRow("user:\n{{text}} {{a..b}}\n", 1, 10, "not a placeholder")]
    [DataRow("user:\n{{text}} {{{text}}}\n", 1, 10, "not a placeholder")]
    [DataRow("user:\n{{text}}} x\n", 1, 1, "not a placeholder")]
    [DataRow("user:\n{{text}} {{text\n}}\n", 1, 10, "not closed", 2, 1)]
    [DataRow("user:\n{{text}}\n a}} b\n", 2, 3, "closes nothing")]
    [DataRow("user:\n{{text}} {a}} b\n", 1, 12, "closes nothing")]
    public void Other_brace_forms_are_errors(string body, int line, int column, string expected, int secondLine = 0, int secondColumn = 0)
    {
        PromptParseResult result = PromptDocument.Parse("a.prompty", PromptText.WithBody(body));
        Assert.IsNull(result.Document);
        Diagnostic[] errors = [.. result.Diagnostics.Where(diagnostic => diagnostic.IsError)];
        Assert.HasCount(secondLine == 0 ? 1 : 2, errors, string.Join("\n", result.Diagnostics));
        Assert.AreEqual((ErrorCodes.InvalidPromptBody, PromptText.FirstBodyLine + line, column), (errors[0].Code, errors[0].Position.Line, errors[0].Position.Column));
        Assert.Contains(expected, errors[0].Message);
        if (secondLine > 0)
        {
            Assert.AreEqual((PromptText.FirstBodyLine + secondLine, secondColumn), (errors[1].Position.Line, errors[1].Position.Column));
        }
    }

    [TestMethod]
    [DataRow("user:\n{{text}} {{other}}\n", 1, 10, 19, "known: text")]
    [DataRow("user:\n{{text}} {{text.length}}\n", 1, 10, 25, "no 'length'")]
    [DataRow("user:\n{{text}} {{Text}}\n", 1, 10, 18, "'Text'")]
    public void Unknown_placeholders_are_errors(string body, int line, int column, int endColumn, string expected)
    {
        Diagnostic diagnostic = PromptText.ParseWithOneFinding(PromptText.WithBody(body));
        Assert.AreEqual(ErrorCodes.UnknownPlaceholder, diagnostic.Code);
        Assert.AreEqual(new SourcePosition(PromptText.FirstBodyLine + line, column, PromptText.FirstBodyLine + line, endColumn), diagnostic.Position);
        Assert.Contains(expected, diagnostic.Message);
    }

    [TestMethod]
    public void Unused_input_is_a_warning_at_its_name()
    {
        Diagnostic diagnostic = PromptText.ParseWithOneFinding(PromptText.WithBody("user:\nhello\n"));
        Assert.AreEqual((ErrorCodes.UnusedInput, false), (diagnostic.Code, diagnostic.IsError));
        Assert.AreEqual(new SourcePosition(4, 11, 4, 15), diagnostic.Position);
    }

    [TestMethod]
    [DataRow("User:", "lower case")]
    [DataRow(" user:", "column 1")]
    [DataRow("# user:", "'user:'")]
    [DataRow("assistant :", "'assistant:'")]
    [DataRow("system[name=x]:", "'system:'")]
    [DataRow("tool:", "'tool' is not a role")]
    [DataRow("Developer:", "'developer' is not a role")]
    public void Near_role_markers_are_warnings_and_stay_text(string line, string expected)
    {
        PromptParseResult result = PromptDocument.Parse("a.prompty", PromptText.WithBody("user:\n{{text}}\n" + line + "\nx\n"));
        Diagnostic diagnostic = result.Diagnostics.Single();
        Assert.AreEqual((ErrorCodes.NearRoleMarker, false), (diagnostic.Code, diagnostic.IsError));
        Assert.AreEqual(new SourcePosition(PromptText.FirstBodyLine + 2, 1, PromptText.FirstBodyLine + 2, line.Length + 1), diagnostic.Position);
        Assert.Contains(expected, diagnostic.Message);
        Assert.AreEqual("\n" + line + "\nx", result.Document!.Messages.Single().Parts[1].Text);
    }

    [TestMethod]
    [DataRow("user: {{text}} is said\nuser:\n{{text}}\n", 0, "before the first role")]
    [DataRow("user:\nuser:\n{{text}}\n", 0, "No text")]
    [DataRow("user:\n{{text}}\nsystem:\nx\n", 2, "cannot stand here")]
    [DataRow("user:\n{{text}}\nuser:\nx\n", 2, "'assistant:' is expected")]
    [DataRow("system:\n{{text}}\nassistant:\nx\n", 2, "'user:' is expected")]
    [DataRow("system:\n{{text}}\n", 0, "last message")]
    [DataRow("user:\n{{text}}\nassistant:\nx\n", 2, "last message")]
    public void Roles_must_be_in_order(string body, int line, string expected)
    {
        PromptParseResult result = PromptDocument.Parse("a.prompty", PromptText.WithBody(body));
        Diagnostic diagnostic = result.Diagnostics.First(finding => finding.IsError);
        Assert.AreEqual((ErrorCodes.InvalidPromptBody, PromptText.FirstBodyLine + line, 1), (diagnostic.Code, diagnostic.Position.Line, diagnostic.Position.Column), diagnostic.ToString());
        Assert.Contains(expected, diagnostic.Message);
    }

    [TestMethod]
    public void Body_without_messages_is_an_error()
    {
        PromptParseResult result = PromptDocument.Parse("a.prompty", PromptText.WithBody("\n"));
        Assert.AreSequenceEqual([ErrorCodes.UnusedInput, ErrorCodes.InvalidPromptBody], result.Diagnostics.Select(diagnostic => diagnostic.Code));
        Assert.IsNull(result.Document);
    }
}
