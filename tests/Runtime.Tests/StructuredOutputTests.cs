using System.Text.Json;

namespace EdgeBuild.Runtime.Tests;

/// <summary>Prompt files with outputs of every kind, from the file to the answer.</summary>
[TestClass]
public sealed class StructuredOutputTests
{
    private const string Source = """
        ---
        name: order
        inputs:
          - name: text
            kind: string
        outputs:
          - name: count
            kind: integer
            required: true
          - name: share
            kind: float
            required: true
          - name: note
            kind: string
            required: true
          - name: lines
            kind: array
            required: true
            items:
              kind: object
              properties:
                - name: article
                  kind: string
                  enumValues: [bolt, nut]
                - name: pieces
                  kind: integer
                  required: false
        metadata:
          edge:
            maxInputTokens: 32
            freeText: [note]
        ---
        user:
        {{text}}

        """;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Every_kind_of_output_is_answered_in_its_form()
    {
        using EdgePromptClient client = TestModel.Open(Source, TestModel.SmolLM2);
        EdgePrediction prediction = await client.PredictAsync(["12 bolts"], TestContext.CancellationToken);

        Assert.AreSequenceEqual(["count", "share", "note", "lines"], prediction.Fields.Select(field => field.Name));
        Assert.IsTrue(long.TryParse(prediction.Fields[0].Text, System.Globalization.CultureInfo.InvariantCulture, out _), prediction.Fields[0].Text);
        Assert.IsTrue(double.TryParse(prediction.Fields[1].Text, System.Globalization.CultureInfo.InvariantCulture, out _), prediction.Fields[1].Text);
        using var lines = JsonDocument.Parse(prediction.Fields[3].Text);
        foreach (JsonElement line in lines.RootElement.EnumerateArray())
        {
            Assert.IsTrue(line.GetProperty("article").GetString() is "bolt" or "nut");
            Assert.IsTrue(line.GetProperty("pieces").ValueKind is JsonValueKind.Null or JsonValueKind.Number);
        }
    }

    [TestMethod]
    public async Task Numbers_and_texts_end_after_the_tokens_that_the_prompt_allows()
    {
        string source = Source.Replace("    freeText: [note]", "    maxTokens:\n      count: 2\n      note: 3\n    freeText: [note]", StringComparison.Ordinal);
        using EdgePromptClient client = TestModel.Open(source, TestModel.SmolLM2);
        EdgePrediction prediction = await client.PredictAsync(["12 bolts"], TestContext.CancellationToken);

        Assert.IsInRange(1, 2, client.Host.Model.Vocabulary.Tokenize(prediction.Fields[0].Text).Length);
        Assert.IsInRange(0, 3, client.Host.Model.Vocabulary.Tokenize(prediction.Fields[2].Text).Length);
    }

    [TestMethod]
    public void Answer_of_a_row_has_the_tokens_of_its_text()
    {
        using EdgePromptClient client = TestModel.Open(Source, TestModel.SmolLM2);
        EncodedCompletion completion = client.Encoder.EncodeCompletion(["12", "0.5", "a \"b\"", """[{"article":"nut","pieces":null},{"article":"bolt","pieces":3}]"""]);

        Assert.AreEqual(
            """{"count":12,"share":0.5,"note":"a \"b\"","lines":[{"article":"nut","pieces":null},{"article":"bolt","pieces":3}]}<|im_end|>""",
            client.Host.Model.Vocabulary.GetText(completion.Tokens, special: true));
    }
}
