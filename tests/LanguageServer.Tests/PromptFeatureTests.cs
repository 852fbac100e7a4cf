using System.Text.Json.Nodes;
using EdgeBuild.LanguageServer.Documents;
using EdgeBuild.LanguageServer.Protocol;
using StreamJsonRpc;

namespace EdgeBuild.LanguageServer.Tests;

/// <summary>What an editor offers in a prompt file; <c>§</c> marks the cursor.</summary>
[TestClass]
public sealed class PromptFeatureTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    [DataRow("descr", "descriptio§", "description: ")]
    [DataRow("kind: string\n    description: What", "ki§\n    description: What", "kind: ")]
    [DataRow("kind: string\n    description", "kind: s§\n    description", "string")]
    [DataRow("{{ticket}}", "{{ti§", "ticket}}")]
    [DataRow("{{ticket}}", "{{ti§}}", "ticket")]
    [DataRow("user:", "us§", "user:")]
    [DataRow("name: category\n    kind: string", "name: category\n    requ§\n    kind: string", "required: ")]
    [DataRow("      - Access", "      - Access\n      - §", "Refund")]
    public async Task Completion_proposes_what_may_stand_here(string old, string with, string expected)
    {
        _workspace.Write("data/train.jsonl", File.ReadAllText(_workspace.PathOf("data/train.jsonl")) + "{\"ticket\": \"a\", \"category\": \"Refund\"}\n{\"ticket\": \"b\", \"category\": \"Refund\"}\n");
        string source = old == "descr" ? Workspace.Triage.Replace("description: Sorts tickets.", with, StringComparison.Ordinal) : Workspace.Triage.Replace(old, with, StringComparison.Ordinal);
        using EditorClient client = await EditorClient.StartAsync();
        (string text, int line, int character) = Cursor(source);
        await client.OpenAsync(_workspace.Prompt, text);

        JsonNode items = await client.AtAsync("textDocument/completion", _workspace.Prompt, line, character);

        string[] texts = [.. items.AsArray().Select(item => item!["textEdit"]!["newText"]!.GetValue<string>())];
        CollectionAssert.Contains(texts, expected, string.Join(" | ", texts));
    }

    [TestMethod]
    public async Task A_proposal_replaces_the_word_that_was_begun()
    {
        using EditorClient client = await EditorClient.StartAsync();
        (string text, int line, int character) = Cursor(Workspace.Triage.Replace("{{ticket}}", "😀 {{ti§", StringComparison.Ordinal));
        await client.OpenAsync(_workspace.Prompt, text);

        JsonNode item = (await client.AtAsync("textDocument/completion", _workspace.Prompt, line, character)).AsArray().Single()!;

        Assert.Contains("😀 {{ticket}}", OpenDocument.Apply(text, [Edit(item["textEdit"]!)]));
    }

    [TestMethod]
    [DataRow("{{tick§et}}", "What the customer wrote.", "text 0")]
    [DataRow("name: tri§age", "90.0 % right on 50 test rows", "Client `Triage`")]
    [DataRow("- Bil§ling", "Train: 4 rows", "Test: 1 rows")]
    [DataRow("name: cate§gory", "output, string", "Billing, Access")]
    [DataRow("enumV§alues", "labels", "training rows")]
    public async Task Hover_explains(string cursor, string first, string second)
    {
        using EditorClient client = await EditorClient.StartAsync();
        (string text, int line, int character) = Cursor(Workspace.Triage.Replace(cursor.Replace("§", string.Empty, StringComparison.Ordinal), cursor, StringComparison.Ordinal));
        await client.OpenAsync(_workspace.Prompt, text);

        string hover = (await client.AtAsync("textDocument/hover", _workspace.Prompt, line, character))["contents"]!["value"]!.GetValue<string>();

        Assert.Contains(first, hover);
        Assert.Contains(second, hover);
    }

    [TestMethod]
    public async Task Definition_goes_from_placeholder_to_input_to_column_and_from_the_name_to_the_project()
    {
        using EditorClient client = await EditorClient.StartAsync();
        await client.OpenAsync(_workspace.Prompt);
        (int line, int character) = Find("{{ticket}}", 4);
        JsonNode input = (await client.AtAsync("textDocument/definition", _workspace.Prompt, line, character)).AsArray().Single()!;
        (int declared, int column) = Find("name: ticket", 6);
        Assert.AreEqual((declared, column), (input["range"]!["start"]!["line"]!.GetValue<int>(), input["range"]!["start"]!["character"]!.GetValue<int>()));

        string[] columns = [.. (await client.AtAsync("textDocument/definition", _workspace.Prompt, declared, column + 1)).AsArray().Select(Name)];
        CollectionAssert.AreEqual(new[] { "train.jsonl", "test.csv" }, columns);

        (int name, int nameColumn) = Find("name: triage", 7);
        JsonNode item = (await client.AtAsync("textDocument/definition", _workspace.Prompt, name, nameColumn)).AsArray().Single()!;
        Assert.AreEqual(("App.csproj", 3), (Name(item), item["range"]!["start"]!["line"]!.GetValue<int>()));
    }

    [TestMethod]
    public async Task References_of_a_label_are_its_rows()
    {
        using EditorClient client = await EditorClient.StartAsync();
        await client.OpenAsync(_workspace.Prompt);
        (int line, int character) = Find("- Billing", 3);

        JsonArray places = (await client.RequestAsync("textDocument/references", new
        {
            textDocument = new { uri = Workspace.Uri(_workspace.Prompt) },
            position = new { line, character },
            context = new { includeDeclaration = true },
        })).AsArray();

        CollectionAssert.AreEqual(
            new[] { "triage.prompty", "train.jsonl", "train.jsonl", "train.jsonl", "train.jsonl", "test.csv" }, places.Select(Name).ToArray());
    }

    [TestMethod]
    public async Task An_input_is_renamed_in_prompt_and_rows()
    {
        using EditorClient client = await EditorClient.StartAsync();
        await client.OpenAsync(_workspace.Prompt);
        (int line, int character) = Find("{{ticket}}", 3);
        Assert.AreEqual("ticket", (await client.AtAsync("textDocument/prepareRename", _workspace.Prompt, line, character))["placeholder"]!.GetValue<string>());

        Dictionary<string, string> renamed = await RenameAsync(client, line, character, "message");

        Assert.AreEqual(Workspace.Triage.Replace("name: ticket", "name: message", StringComparison.Ordinal).Replace("{{ticket}}", "{{message}}", StringComparison.Ordinal), renamed["triage.prompty"]);
        Assert.AreEqual(File.ReadAllText(_workspace.PathOf("data/train.jsonl")).Replace("\"ticket\"", "\"message\"", StringComparison.Ordinal), renamed["train.jsonl"]);
        Assert.AreEqual(File.ReadAllText(_workspace.PathOf("data/test.csv")).Replace("ticket", "message", StringComparison.Ordinal), renamed["test.csv"]);
    }

    [TestMethod]
    public async Task A_label_is_renamed_in_prompt_and_rows_in_the_way_that_each_file_writes_it()
    {
        using EditorClient client = await EditorClient.StartAsync();
        await client.OpenAsync(_workspace.Prompt);
        (int line, int character) = Find("- Billing", 3);

        Dictionary<string, string> renamed = await RenameAsync(client, line, character, "Bills, \"paid\"");

        Assert.Contains("- \"Bills, \\\"paid\\\"\"", renamed["triage.prompty"]);
        Assert.Contains("{\"ticket\": \"text 0\", \"category\": \"Bills, \\\"paid\\\"\"}", renamed["train.jsonl"]);
        Assert.Contains("first test,\"Bills, \"\"paid\"\"\"", renamed["test.csv"]);
        Assert.DoesNotContain("Billing", string.Concat(renamed.Values));
    }

    [TestMethod]
    [DataRow("category")]
    [DataRow("1st")]
    [DataRow("two words")]
    public async Task A_name_that_cannot_be_is_refused_with_the_reason(string name)
    {
        using EditorClient client = await EditorClient.StartAsync();
        await client.OpenAsync(_workspace.Prompt);
        (int line, int character) = Find("{{ticket}}", 3);

        RemoteInvocationException refused = await Assert.ThrowsExactlyAsync<RemoteInvocationException>(() => RenameAsync(client, line, character, name));

        Assert.AreEqual(-32803, refused.ErrorCode);
        Assert.Contains($"'{name}' cannot be", refused.Message);
        Assert.IsNull(await client.AtAsync("textDocument/prepareRename", _workspace.Prompt, 0, 1));
    }

    [TestMethod]
    public async Task Outline_folds_and_tokens_cover_the_file()
    {
        using EditorClient client = await EditorClient.StartAsync();
        await client.OpenAsync(_workspace.Prompt);

        string[] names = [.. (await client.OfAsync("textDocument/documentSymbol", _workspace.Prompt)).AsArray().Select(symbol => symbol!["name"]!.GetValue<string>())];
        CollectionAssert.AreEqual(new[] { "triage", "ticket", "category", "system", "user" }, names);
        JsonArray folds = (await client.OfAsync("textDocument/foldingRange", _workspace.Prompt)).AsArray();
        Assert.IsTrue(folds.All(fold => fold!["endLine"]!.GetValue<int>() > fold["startLine"]!.GetValue<int>()));
        Assert.AreEqual(Find("\n---\nsystem", 1).Line, folds[0]!["endLine"]!.GetValue<int>());

        int[] data = [.. (await client.OfAsync("textDocument/semanticTokens/full", _workspace.Prompt))["data"]!.AsArray().Select(number => number!.GetValue<int>())];
        string[] lines = Workspace.Triage.Split('\n');
        var texts = new List<string>();
        (int line, int character) = (0, 0);
        foreach (int[] token in data.Chunk(5))
        {
            (line, character) = (line + token[0], token[0] == 0 ? character + token[1] : token[1]);
            texts.Add(lines[line].Substring(character, token[2]));
        }

        CollectionAssert.AreEqual(new[] { "triage", "ticket", "category", "Billing", "Access", "system:", "user:", "ticket" }, texts);
    }

    [TestMethod]
    [DataRow("{{ticket}}", "{{tiket}}", "{{ticket}}")]
    [DataRow("{{ticket}}", "{{ticket.text}}", "{{ticket}}")]
    [DataRow("Sort the ticket.", "Sort the ticket.\nAssistant:", "assistant:")]
    public async Task A_code_action_mends_what_needs_no_choice(string old, string with, string mended)
    {
        string text = Workspace.Triage.Replace(old, with, StringComparison.Ordinal);
        using EditorClient client = await EditorClient.StartAsync();
        await client.OpenAsync(_workspace.Prompt, text);
        JsonNode finding = (await client.DiagnosticsAsync(_workspace.Prompt, _ => true))[0]!;

        JsonArray actions = (await client.RequestAsync("textDocument/codeAction", new
        {
            textDocument = new { uri = Workspace.Uri(_workspace.Prompt) },
            range = finding["range"]!.DeepClone(),
            context = new { diagnostics = new[] { finding.DeepClone() } },
        })).AsArray();

        JsonNode preferred = actions.First(action => action!["isPreferred"]!.GetValue<bool>())!;
        string changed = OpenDocument.Apply(text, preferred["edit"]!["changes"]![Workspace.Uri(_workspace.Prompt)]!.AsArray().Select(edit => Edit(edit!)));
        Assert.Contains(mended, changed);
        Assert.DoesNotContain(with == "{{ticket.text}}" ? ".text" : with.Split('\n')[^1] + "\n", changed);
    }

    [TestMethod]
    public async Task A_preview_has_the_segments_of_training_with_the_values_of_a_row()
    {
        using EditorClient client = await EditorClient.StartAsync();
        await client.OpenAsync(_workspace.Prompt);

        JsonNode preview = await client.RequestAsync("edgebuild/render", new { textDocument = new { uri = Workspace.Uri(_workspace.Prompt) }, row = 13 });

        Assert.AreEqual("test.csv", Path.GetFileName(preview["file"]!.GetValue<string>()));
        Assert.AreEqual(3, preview["line"]!.GetValue<int>());
        string text = string.Concat(preview["prompt"]!.AsArray().Select(segment => segment!["text"]!.GetValue<string>()));
        Assert.Contains("Sort the ticket.<|im_end|>", text);
        Assert.Contains("second, with 😀<|im_end|>", text);
        Assert.AreEqual("Access<|im_end|>", string.Concat(preview["answer"]!.AsArray().Select(segment => segment!["text"]!.GetValue<string>())));
    }

    [TestMethod]
    public async Task A_new_build_is_seen_without_a_restart()
    {
        using EditorClient client = await EditorClient.StartAsync();
        await client.OpenAsync(_workspace.Prompt);
        (int line, int character) = Find("name: ticket", 7);
        Assert.HasCount(2, (await client.AtAsync("textDocument/definition", _workspace.Prompt, line, character)).AsArray());

        _workspace.WritePlan(("data/test.csv", "Train"));
        File.SetLastWriteTimeUtc(_workspace.PathOf("obj/edge/Support.plan.json"), DateTime.UtcNow.AddSeconds(5));

        Assert.HasCount(1, (await client.AtAsync("textDocument/definition", _workspace.Prompt, line, character)).AsArray());
    }

    private static (string Text, int Line, int Character) Cursor(string marked)
    {
        int offset = marked.IndexOf('§', StringComparison.Ordinal);
        string before = marked[..offset];
        return (marked.Remove(offset, 1), before.Count(c => c == '\n'), offset - (before.LastIndexOf('\n') + 1));
    }

    private static (int Line, int Character) Find(string text, int offset)
    {
        string before = Workspace.Triage[..(Workspace.Triage.IndexOf(text, StringComparison.Ordinal) + offset)];
        return (before.Count(c => c == '\n'), before.Length - (before.LastIndexOf('\n') + 1));
    }

    private static string Name(JsonNode? location) => Path.GetFileName(new Uri(location!["uri"]!.GetValue<string>()).LocalPath);

    private static TextEdit Edit(JsonNode edit)
    {
        Position At(string end) => new(edit["range"]![end]!["line"]!.GetValue<int>(), edit["range"]![end]!["character"]!.GetValue<int>());
        return new TextEdit(new Protocol.Range(At("start"), At("end")), edit["newText"]!.GetValue<string>());
    }

    private async Task<Dictionary<string, string>> RenameAsync(EditorClient client, int line, int character, string newName)
    {
        JsonNode edit = await client.RequestAsync("textDocument/rename", new { textDocument = new { uri = Workspace.Uri(_workspace.Prompt) }, position = new { line, character }, newName });
        return edit["changes"]!.AsObject().ToDictionary(
            entry => Path.GetFileName(new Uri(entry.Key).LocalPath),
            entry => OpenDocument.Apply(File.ReadAllText(new Uri(entry.Key).LocalPath), entry.Value!.AsArray().Select(change => Edit(change!))));
    }
}
