using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Prompts;

namespace EdgeBuild.Data.Tests;

/// <summary>Chat rows: which become rows of a prompt, and where the others are diagnosed.</summary>
[TestClass]
public sealed class MessageRowTests : IDisposable
{
    private const string Good = """{"messages": [{"role": "user", "content": "long text"}, {"role": "assistant", "content": "short"}]}""";
    private const string OneInput = "  - name: text\n    kind: string\n";
    private const string OneOutput = "  - name: summary\n    kind: string\n";

    private readonly TemporaryDirectory _directory = new();
    private readonly List<DatasetRow> _rows = [];

    public void Dispose() => _directory.Dispose();

    [TestMethod]
    public void The_user_message_is_the_input_and_the_assistant_message_the_output()
    {
        DatasetValidation result = Validate(Prompt(), Good);

        Assert.IsEmpty(result.Diagnostics);
        Assert.AreEqual("long text", _rows[10].Inputs["text"]);
        Assert.AreEqual("short", _rows[10].Outputs["summary"]);
    }

    [TestMethod]
    public void A_chat_row_has_the_hash_of_the_same_row_with_columns()
    {
        Validate(Prompt(), Good + "\n" + """{"text": "long text", "summary": "short"}""");

        Assert.AreEqual(_rows[10].CanonicalHash, _rows[11].CanonicalHash);
    }

    [TestMethod]
    public void Other_inputs_are_properties_beside_the_messages()
    {
        Validate(Prompt(OneInput + "  - name: language\n    kind: string\n"), Good.Replace("{\"messages\"", "{\"language\": \"de\", \"messages\"", StringComparison.Ordinal), "\"language\": \"en\", ");

        Assert.AreEqual("de", _rows[10].Inputs["language"]);
        Assert.AreEqual("long text", _rows[10].Inputs["text"]);
    }

    [TestMethod]
    public void The_system_message_of_the_prompt_may_stand_in_the_rows()
    {
        Assert.IsEmpty(Validate(Prompt(), WithSystem("Summarize.")).Diagnostics);
        Assert.HasCount(11, _rows);
    }

    [TestMethod]
    public void Another_system_message_is_warned_about_once_and_not_trained_on()
    {
        Diagnostic warning = Validate(Prompt(), WithSystem("Be short.") + "\n" + WithSystem("Be rude.").Replace("long", "another", StringComparison.Ordinal)).Diagnostics.Single();

        Assert.AreEqual(("EDGE1117", 11, 45, false), (warning.Code, warning.Position.Line, warning.Position.Column, warning.IsError));
        Assert.HasCount(12, _rows);
        Assert.IsTrue(_rows[10].Inputs.Values.All(text => !text.Contains("Be", StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow("""{"messages": "hello"}""", 14, "a list of objects")]
    [DataRow("""{"messages": []}""", 14, "don't end with one of the role 'assistant'")]
    [DataRow("""{"messages": [{"role": "user", "content": "x"}]}""", 14, "don't end with one of the role 'assistant'")]
    [DataRow("""{"messages": [{"role": "assistant", "content": "x"}]}""", 15, "can't stand here")]
    [DataRow("""{"messages": [{"role": "user", "content": "x"}, {"role": "user", "content": "y"}]}""", 49, "can't stand here")]
    [DataRow("""{"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}, {"role": "user", "content": "z"}]}""", 88, "a row of every turn")]
    [DataRow("""{"messages": [{"role": "user", "content": "x"}, {"role": "system", "content": "y"}]}""", 49, "can't stand here")]
    [DataRow("""{"messages": [{"role": "asistant", "content": "x"}]}""", 24, "Did you mean 'assistant'?")]
    [DataRow("""{"messages": [{"role": "tool", "content": "x"}]}""", 24, "Results of tools")]
    [DataRow("""{"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]}""", 43, "lists of parts")]
    [DataRow("""{"messages": [{"content": "x"}]}""", 15, "'role' and 'content'")]
    [DataRow("""{"messages": ["x"]}""", 15, "'role' and 'content'")]
    [DataRow("""{"text": "t", "messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]}""", 27, "all inputs are columns")]
    public void Messages_of_another_shape_are_an_error_at_their_place(string row, int column, string message)
    {
        Diagnostic error = Validate(Prompt(), row).Diagnostics.Single();

        Assert.AreEqual(("EDGE1111", 11, column, true), (error.Code, error.Position.Line, error.Position.Column, error.IsError));
        StringAssert.Contains(error.Message, message);
    }

    [TestMethod]
    public void A_prompt_with_two_outputs_takes_no_messages()
    {
        Diagnostic error = Validate(Prompt(outputs: "  - name: summary\n    kind: string\n    enumValues:\n      - answer\n      - short\n  - name: done\n    kind: boolean\n", free: string.Empty), Good).Diagnostics[^1];

        StringAssert.Contains(error.Message, "does not have one output of kind string");
    }

    [TestMethod]
    public void An_empty_answer_is_an_error_at_its_content()
    {
        Diagnostic error = Validate(Prompt(), Good.Replace("short", " ", StringComparison.Ordinal)).Diagnostics.Single();

        Assert.AreEqual(("EDGE1104", 11, 90), (error.Code, error.Position.Line, error.Position.Column));
    }

    [TestMethod]
    public void Personal_data_is_found_at_the_content_of_its_message()
    {
        Diagnostic warning = Validate(Prompt(), Good.Replace("long text", "jane@contoso.com", StringComparison.Ordinal)).Diagnostics.Single();

        Assert.AreEqual(("EDGE1108", 11, 43), (warning.Code, warning.Position.Line, warning.Position.Column));
    }

    [TestMethod]
    public void A_prompt_with_an_input_called_messages_reads_it_as_a_column()
    {
        string path = _directory.Write("rows.jsonl", string.Concat(Enumerable.Range(0, 10).Select(row => $"{{\"messages\": \"m{row}\", \"summary\": \"s\"}}\n")));
        DatasetValidation result = DatasetValidator.Validate(Prompt("  - name: messages\n    kind: string\n"), [new PlannedDataset(path, "rows.jsonl", DatasetSplits.Train, 1)], None, _rows.Add);

        Assert.IsEmpty(result.Diagnostics);
        Assert.HasCount(10, _rows);
    }

    private static Dictionary<string, IReadOnlyList<string>> None => [];

    private static string WithSystem(string text) => Good.Replace("[{", $"[{{\"role\": \"system\", \"content\": \"{text}\"}}, {{", StringComparison.Ordinal);

    private static PromptDocument Prompt(string inputs = OneInput, string outputs = OneOutput, string free = "summary")
    {
        string placeholders = string.Join('\n', inputs.Split('\n').Where(line => line.Contains("name: ", StringComparison.Ordinal)).Select(line => $"{{{{{line.Split(": ")[1]}}}}}"));
        string metadata = free.Length == 0 ? string.Empty : $"metadata:\n  edge:\n    freeText:\n      - {free}\n";
        string text = $"---\nname: summarize\n{metadata}inputs:\n{inputs}outputs:\n{outputs}---\nsystem:\nSummarize.\n\nuser:\n{placeholders}\n";
        PromptParseResult result = PromptDocument.Parse("summarize.prompty", text);
        Assert.IsEmpty(result.Diagnostics, string.Join("\n", result.Diagnostics));
        return result.Document!;
    }

    private DatasetValidation Validate(PromptDocument prompt, string rows, string columns = "")
    {
        string ordinary = string.Concat(Enumerable.Range(0, 10).Select(row => $"{{{columns}\"text\": \"text {row}\", \"summary\": \"answer {row}\"}}\n"));
        string path = _directory.Write("rows.jsonl", ordinary + rows + "\n");
        return DatasetValidator.Validate(prompt, [new PlannedDataset(path, "rows.jsonl", DatasetSplits.Train, 1)], None, _rows.Add);
    }
}
