using System.Text.Json.Nodes;
using EdgeBuild.Contracts;

namespace EdgeBuild.LanguageServer.Tests;

[TestClass]
public sealed class DatasetTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [TestMethod]
    public async Task Rows_are_checked_as_the_build_does_and_as_the_editor_holds_them()
    {
        using EditorClient client = await EditorClient.StartAsync();
        string path = _workspace.PathOf("data/train.jsonl");
        await client.OpenAsync(path);
        Assert.IsEmpty(await client.DiagnosticsAsync(path, _ => true));

        int character = File.ReadAllLines(path)[2].IndexOf("Access", StringComparison.Ordinal);
        await client.ReplaceAsync(path, 1, (2, character), (2, character + 6), "Acess");
        JsonNode finding = (await client.DiagnosticsAsync(path, found => found["version"]!.GetValue<int>() == 1)).Single()!;

        Assert.AreEqual(ErrorCodes.UnknownLabel, finding["code"]!.GetValue<string>());
        Assert.Contains("Did you mean 'Access'?", finding["message"]!.GetValue<string>());
        Assert.AreEqual(2, finding["range"]!["start"]!["line"]!.GetValue<int>());
    }

    [TestMethod]
    public async Task A_row_of_the_test_set_that_is_trained_on_is_found_across_files()
    {
        using EditorClient client = await EditorClient.StartAsync();
        _workspace.Write("data/test.csv", "ticket,category\ntext 3,Billing\n");
        string path = _workspace.PathOf("data/test.csv");
        await client.OpenAsync(path);

        JsonArray found = await client.DiagnosticsAsync(path, _ => true);

        Assert.AreEqual(1, found.Single()!["range"]!["start"]!["line"]!.GetValue<int>());
    }

    [TestMethod]
    [DataRow("data/train.jsonl", 0, "{\"ticket\": \"text 0\", \"category\": \"B", "Billing")]
    [DataRow("data/test.csv", 1, "first test,B", "Billing")]
    public async Task Labels_are_proposed_where_their_value_is_written(string file, int line, string before, string label)
    {
        using EditorClient client = await EditorClient.StartAsync();
        string path = _workspace.PathOf(file);
        await client.OpenAsync(path);

        JsonArray items = (await client.AtAsync("textDocument/completion", path, line, before.Length)).AsArray();

        JsonNode item = items.Single(item => item!["label"]!.GetValue<string>() == label)!;
        Assert.AreEqual(before.Length - 1, item["textEdit"]!["range"]!["start"]!["character"]!.GetValue<int>());
        Assert.IsEmpty((await client.AtAsync("textDocument/completion", path, line, 3)).AsArray());
    }

    [TestMethod]
    public async Task Two_projects_keep_their_rows_apart()
    {
        using var other = new Workspace(Workspace.Triage.Replace("      - Access", "      - Refund", StringComparison.Ordinal));
        using EditorClient client = await EditorClient.StartAsync();
        await client.OpenAsync(_workspace.PathOf("data/train.jsonl"));
        await client.OpenAsync(other.PathOf("data/train.jsonl"));

        Assert.IsEmpty(await client.DiagnosticsAsync(_workspace.PathOf("data/train.jsonl"), _ => true));
        Assert.IsNotEmpty(await client.DiagnosticsAsync(other.PathOf("data/train.jsonl"), _ => true));
    }

    [TestMethod]
    public async Task A_file_of_no_project_has_no_findings_and_breaks_nothing()
    {
        using EditorClient client = await EditorClient.StartAsync();
        string folder = Directory.CreateTempSubdirectory("edgebuild-loose-").FullName;
        string path = Path.Combine(folder, "rows.jsonl");
        await client.OpenAsync(path, "{\"a\": 1}\n");
        Assert.IsEmpty((await client.AtAsync("textDocument/completion", path, 0, 3)).AsArray());
        Directory.Delete(folder);
    }
}
