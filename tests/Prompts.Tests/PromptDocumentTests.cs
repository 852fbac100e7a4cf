using EdgeBuild.Contracts;
using EdgeBuild.Prompts.Yaml;

namespace EdgeBuild.Prompts.Tests;

[TestClass]
public sealed class PromptDocumentTests
{
    [TestMethod]
    public void Front_matter_fills_the_document()
    {
        PromptDocument document = PromptText.ParseValid(PromptText.Triage);
        Assert.AreEqual("a.prompty", document.Path);
        Assert.AreEqual("triage", document.Name);
        Assert.AreEqual("Ticket triage", document.DisplayName);
        Assert.AreEqual("Sorts a ticket.", document.Description);
        Assert.AreEqual(256, document.MaxInputTokens);
        Assert.AreEqual("Support", ((YamlScalar)document.Metadata!["owner"]!).Text);
        PromptInput input = document.Inputs.Single();
        Assert.AreEqual(("ticket", PromptValueKind.String, "The ticket.", "I was charged twice."), (input.Name, input.Kind, input.Description, input.Example));
        Assert.AreEqual(new SourcePosition(10, 11, 10, 17), input.Position);
        Assert.AreSequenceEqual(["category", "urgent"], document.Outputs.Select(output => output.Name));
        Assert.AreSequenceEqual(["Billing", "How to"], document.Outputs[0].EnumValues);
        Assert.AreEqual(PromptValueKind.Boolean, document.Outputs[1].Kind);
        Assert.IsTrue(document.Outputs.All(output => output.Required && output.IsLabelled && !output.IsFreeText));
        Assert.AreEqual(new SourcePosition(15, 11, 15, 19), document.Outputs[0].Position);
    }

    [TestMethod]
    public void Body_fills_the_messages()
    {
        PromptDocument document = PromptText.ParseValid(PromptText.Triage);
        Assert.HasCount(2, document.Messages);
        Assert.AreEqual(PromptRole.System, document.Messages[0].Role);
        Assert.AreEqual(new SourcePosition(23, 1, 23, 8), document.Messages[0].Position);
        Assert.AreEqual(new PromptPart("Sort a ticket.", false, new SourcePosition(24, 1, 24, 15)), document.Messages[0].Parts.Single());
        Assert.AreSequenceEqual(
            [
                new PromptPart("Ticket: ", false, new SourcePosition(27, 1, 27, 9)),
                new PromptPart("ticket", true, new SourcePosition(27, 9, 27, 19)),
            ],
            document.Messages[1].Parts);
    }

    [TestMethod]
    public void Sample_of_the_repository_is_valid()
    {
        PromptDocument document = PromptText.ParseValid(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "samples", "TicketTriage", "prompts", "triage.prompty")));
        Assert.HasCount(10, document.Outputs[0].EnumValues);
        Assert.AreEqual(PromptDocument.DefaultMaxInputTokens, document.MaxInputTokens);
    }

    [TestMethod]
    public void Line_ends_and_byte_order_mark_change_nothing()
    {
        PromptDocument expected = PromptText.ParseValid(PromptText.Triage);
        PromptDocument actual = PromptText.ParseValid("\uFEFF" + PromptText.Triage.Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.AreEqual(expected.ContentHash, actual.ContentHash);
        Assert.AreEqual(expected.Source, actual.Source);
        Assert.AreSequenceEqual(expected.Messages.SelectMany(message => message.Parts), actual.Messages.SelectMany(message => message.Parts));
    }

    [TestMethod]
    public void Content_hash_is_the_SHA256_of_the_text()
    {
        PromptDocument document = PromptText.ParseValid(PromptText.Triage);
        byte[] hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(PromptText.Triage));
        Assert.AreEqual(Convert.ToHexStringLower(hash), document.ContentHash);
    }

    [TestMethod]
    public void Every_truncated_or_shortened_text_is_parsed_without_an_exception()
    {
        for (int length = 0; length < PromptText.Triage.Length; length++)
        {
            AssertResultIsConsistent(PromptText.Triage[..length]);
            AssertResultIsConsistent(PromptText.Triage.Remove(length, 1));
        }
    }

    [TestMethod]
    public void Every_inserted_sign_is_parsed_without_an_exception_and_reported_inside_the_file()
    {
        foreach (char sign in "\t\0{}[]'\"|>-?:&*!%@`#, \r\n\\\uD83D")
        {
            for (int place = 0; place <= PromptText.Triage.Length; place++)
            {
                AssertResultIsConsistent(PromptText.Triage.Insert(place, sign.ToString()));
            }
        }
    }

    private static void AssertResultIsConsistent(string text)
    {
        PromptParseResult result = PromptDocument.Parse("a.prompty", text);
        Assert.AreEqual(result.Document is null, result.Diagnostics.Any(diagnostic => diagnostic.IsError), text);
        string[] lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');
        foreach (Diagnostic diagnostic in result.Diagnostics)
        {
            SourcePosition position = diagnostic.Position;
            Assert.IsTrue(position.Line >= 1 && position.Line <= lines.Length, $"{diagnostic}\n{text}");
            Assert.IsTrue(position.Column >= 1 && position.Column <= lines[position.Line - 1].Length + 1, $"{diagnostic}\n{text}");
            Assert.IsFalse(string.IsNullOrWhiteSpace(diagnostic.Message));
        }
    }
}
