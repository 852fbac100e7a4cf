using System.Globalization;
using System.Text.Json.Nodes;
using EdgeBuild.Contracts;
using EdgeBuild.LanguageServer.Documents;
using EdgeBuild.LanguageServer.Protocol;
using EdgeBuild.Prompts;

namespace EdgeBuild.LanguageServer.Tests;

[TestClass]
public sealed class SynchronizationTests
{
    private static readonly string[] _pieces = ["a", "{{", "}}", "---", "\n", "\r\n", "\r", ": ", "- ", "\"", "😀", "e\u0301", "\u2028", "user:", "  ", "\0", "x\ny", "\uD83D"];

    [TestMethod]
    public async Task The_server_says_what_it_can_and_ends_as_it_is_told()
    {
        using EditorClient client = await EditorClient.StartAsync();
        Assert.AreEqual("utf-16", client.Capabilities["positionEncoding"]!.GetValue<string>());
        Assert.AreEqual(2, client.Capabilities["textDocumentSync"]!["change"]!.GetValue<int>());

        await client.RequestAsync("shutdown", new { });
        await client.NotifyAsync("exit", new { });
        Assert.IsTrue(client.Process.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.AreEqual(0, client.Process.ExitCode);
    }

    [TestMethod]
    public async Task A_closed_pipe_ends_the_server()
    {
        using EditorClient client = await EditorClient.StartAsync();
        client.Process.StandardInput.Close();
        Assert.IsTrue(client.Process.WaitForExit(TimeSpan.FromSeconds(20)));
    }

    [TestMethod]
    public async Task Findings_are_those_of_the_parser_and_follow_every_change()
    {
        using var workspace = new Workspace();
        using EditorClient client = await EditorClient.StartAsync();
        string wrong = Workspace.Triage.Replace("{{ticket}}", "😀 {{tiket}}", StringComparison.Ordinal);
        await client.OpenAsync(workspace.Prompt, wrong);

        JsonArray found = await client.DiagnosticsAsync(workspace.Prompt, _ => true);
        AssertSame(PromptDocument.Parse("x", wrong).Diagnostics, found);
        JsonNode error = found.Single(finding => finding!["code"]!.GetValue<string>() == ErrorCodes.UnknownPlaceholder)!;
        Assert.AreEqual(3, error["range"]!["start"]!["character"]!.GetValue<int>());

        int line = wrong.Split('\n').ToList().FindIndex(text => text.Contains("tiket", StringComparison.Ordinal));
        await client.ReplaceAsync(workspace.Prompt, 5, (line, 5), (line, 10), "ticket");
        Assert.IsEmpty(await client.DiagnosticsAsync(workspace.Prompt, finding => finding["version"]!.GetValue<int>() == 5));
    }

    [TestMethod]
    public async Task Ten_thousand_random_edits_leave_the_findings_of_a_fresh_parse()
    {
        int seed = Environment.TickCount;
        Console.WriteLine($"seed {seed}");
#pragma warning disable CA5394
        var random = new Random(seed);
#pragma warning restore CA5394
        using var workspace = new Workspace();
        using EditorClient client = await EditorClient.StartAsync();
        var mirror = new OpenDocument("mirror", 0, Workspace.Triage);
        await client.OpenAsync(workspace.Prompt);
        for (int version = 1; version <= 10_000; version++)
        {
            (Position start, Position end, string text) = RandomEdit(mirror, random);
            mirror.Apply(version, [new ContentChange(new Protocol.Range(start, end), text)]);
            await client.ReplaceAsync(workspace.Prompt, version, (start.Line, start.Character), (end.Line, end.Character), text);
            if (version % 500 == 0)
            {
                foreach (string method in new[] { "completion", "hover", "definition" })
                {
                    await client.AtAsync("textDocument/" + method, workspace.Prompt, start.Line, start.Character);
                }
            }

            if (mirror.Text.Length > 4000)
            {
                mirror.Apply(version, [new ContentChange(null, Workspace.Triage)]);
                await client.NotifyAsync("textDocument/didChange", new { textDocument = new { uri = Workspace.Uri(workspace.Prompt), version }, contentChanges = new[] { new { text = Workspace.Triage } } });
            }
        }

        JsonArray found = await client.DiagnosticsAsync(workspace.Prompt, finding => finding["version"]!.GetValue<int>() == 10_000);
        AssertSame(PromptDocument.Parse("x", mirror.Text).Diagnostics, found);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Edits_of_lines_are_edits_of_the_text(int seed)
    {
#pragma warning disable CA5394
        var random = new Random(seed);
#pragma warning restore CA5394
        string text = "one\r\ntwo\nthree\rfour";
        var document = new OpenDocument("x", 0, text);
        for (int i = 0; i < 3000; i++)
        {
            (Position start, Position end, string inserted) = RandomEdit(document, random);
            text = text[..Offset(text, start)] + inserted + text[Offset(text, end)..];
            document.Apply(i, [new ContentChange(new Protocol.Range(start, end), inserted)]);
            Assert.AreEqual(text, document.Text, string.Create(CultureInfo.InvariantCulture, $"edit {i}"));
            Assert.AreEqual(LineStarts(text).Count, document.LineCount);
            if (text.Length > 2000)
            {
                text = "again\r";
                document = new OpenDocument("x", 0, text);
            }
        }
    }

    [TestMethod]
    public void Positions_outside_of_the_text_are_moved_into_it()
    {
        var document = new OpenDocument("x", 0, "ab\ncd");
        document.Apply(1, [new ContentChange(new Protocol.Range(new Position(-1, 5), new Position(0, -7)), "<")]);
        document.Apply(2, [new ContentChange(new Protocol.Range(new Position(99, 0), new Position(99, 99)), ">")]);
        document.Apply(3, [new ContentChange(new Protocol.Range(new Position(1, 99), new Position(1, 1)), "|")]);
        Assert.AreEqual("<ab\nc|", document.Text);
    }

    private static void AssertSame(IReadOnlyList<Diagnostic> expected, JsonArray found) => CollectionAssert.AreEquivalent(
        expected.Select(finding => $"{finding.Code} {finding.Position.Line} {finding.Message}").ToArray(),
        found.Select(finding => $"{finding!["code"]!.GetValue<string>()} {finding["range"]!["start"]!["line"]!.GetValue<int>() + 1} {finding["message"]!.GetValue<string>()}").ToArray());

#pragma warning disable CA5394
    private static (Position Start, Position End, string Text) RandomEdit(OpenDocument document, Random random)
    {
        Position At(int line) => new(line, random.Next(document.Line(line).Length + 1));
        Position start = At(random.Next(document.LineCount));
        Position end = random.Next(3) == 0 ? At(Math.Min(document.LineCount - 1, start.Line + random.Next(3))) : start;
        if (end.CompareTo(start) < 0)
        {
            (start, end) = (end, start);
        }

        return (start, end, random.Next(4) == 0 ? string.Empty : _pieces[random.Next(_pieces.Length)]);
    }
#pragma warning restore CA5394

    private static int Offset(string text, Position position) => LineStarts(text)[position.Line] + position.Character;

    private static List<int> LineStarts(string text)
    {
        var starts = new List<int> { 0 };
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
            {
                starts.Add(i + 1);
            }
        }

        return starts;
    }
}
