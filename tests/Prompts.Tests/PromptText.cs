using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Tests;

/// <summary>Prompt files that the tests share.</summary>
internal static class PromptText
{
    public const string Triage = """
        ---
        name: triage
        displayName: "Ticket triage"
        description: Sorts a ticket.
        metadata:
          owner: Support
          edge:
            maxInputTokens: 256
        inputs:
          - name: ticket
            kind: string
            description: The ticket.
            example: I was charged twice.
        outputs:
          - name: category
            kind: string
            enumValues:
              - Billing
              - How to
          - name: urgent
            kind: boolean
        ---
        system:
        Sort a ticket.

        user:
        Ticket: {{ticket}}
        """;

    /// <summary>A prompt with one input <c>text</c>, one Boolean output, and the given body.</summary>
    public static string WithBody(string body) =>
        "---\nname: check\ninputs:\n  - name: text\n    kind: string\noutputs:\n  - name: ok\n    kind: boolean\n---\n" + body;

    /// <summary>The first line of the body of <see cref="WithBody"/>.</summary>
    public const int FirstBodyLine = 10;

    public static PromptDocument ParseValid(string text)
    {
        PromptParseResult result = PromptDocument.Parse("a.prompty", text);
        Assert.IsNotNull(result.Document, string.Join("\n", result.Diagnostics));
        Assert.IsEmpty(result.Diagnostics, string.Join("\n", result.Diagnostics));
        return result.Document;
    }

    public static Diagnostic ParseWithOneFinding(string text)
    {
        PromptParseResult result = PromptDocument.Parse("a.prompty", text);
        Assert.HasCount(1, result.Diagnostics, string.Join("\n", result.Diagnostics));
        Assert.AreEqual(result.Diagnostics[0].IsError, result.Document is null);
        return result.Diagnostics[0];
    }
}
