using System.Text.Json;

using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;

namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class NestedValueTests
{
    private const string Head =
        """
        ---
        name: extract
        inputs:
          - name: text
            kind: string
        outputs:

        """;

    private const string RecordOutputs =
        """
          - name: kind
            kind: string
            enumValues: [order, return]
          - name: items
            kind: array
            items:
              kind: object
              properties:
                - name: product
                  kind: string
                - name: count
                  kind: integer
                - name: colour
                  kind: string
                  required: false
                  enumValues: [red, green, "blue \"sea\""]
                - name: gift
                  kind: boolean
                  required: false
          - name: address
            kind: object
            properties:
              - name: city
                kind: string
                required: false
              - name: zones
                kind: array
                items:
                  kind: integer

        """;

    private const string Body =
        """
        metadata:
          edge:
            maxInputTokens: 48
        ---
        system:
        Extract the record.

        user:
        {{text}}

        """;

    private const string Record = Head + RecordOutputs + Body;

    private const string Tools =
        """
        ---
        name: act
        inputs:
          - name: text
            kind: string
        metadata:
          edge:
            maxInputTokens: 48
            tools:
              - name: open_ticket
                parameters:
                  - name: title
                    kind: string
                  - name: urgent
                    kind: boolean
              - name: open_door
                parameters: []
              - name: set_levels
                parameters:
                  - name: levels
                    kind: array
                    items:
                      kind: float
        ---
        system:
        Call a function.

        user:
        {{text}}

        """;

    private static readonly string[] _texts = ["2 red mugs to Berlin, please", string.Empty, "return \"x\" {[,]}", "null", "🙂 äöü 7, 8 and 9"];

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("smollm2")]
    [DataRow("llama3")]
    public async Task A_record_always_parses_and_has_the_declared_form(string model)
    {
        using EdgePromptClient client = TestModel.Open(Record, model == "smollm2" ? TestModel.TinySmolLM2 : TestModel.TinyLlama3);
        IReadOnlyList<EdgePrediction> together = await client.PredictManyAsync([.. _texts.Select(text => new[] { text })], null, TestContext.CancellationToken);
        for (int i = 0; i < _texts.Length; i++)
        {
            EdgePrediction alone = await client.PredictAsync([_texts[i]], TestContext.CancellationToken);
            CheckForm(client, alone);
            CheckForm(client, together[i]);
        }
    }

    [TestMethod]
    public async Task Sampled_records_of_random_models_parse_as_well()
    {
        using EdgePromptClient client = TestModel.Open(Record, TestModel.TinySmolLM2);
        for (int seed = 0; seed < 40; seed++)
        {
            CheckForm(client, await client.PredictAsync([_texts[seed % _texts.Length]], new EdgeCallOptions { Temperature = 2, Seed = seed, MaxTokens = 1 + seed }, TestContext.CancellationToken));
        }
    }

    [TestMethod]
    public async Task The_tokens_that_served_an_answer_are_those_that_training_makes_of_it()
    {
        using EdgePromptClient client = TestModel.Open(Record, TestModel.TinySmolLM2);
        foreach (string text in _texts)
        {
            EncodedPrompt prompt = client.Encoder.Encode([text]);
            using var context = new InferenceContext(client.Host.Model, client.Plan.Capacity(client.Encoder), 1);
            int prefix = context.PrefixSequence("p", client.Encoder.PrefixTokens.Span, TestContext.CancellationToken);
            var row = new CompletionRow(context, client.Host.Pieces, client.Encoder, client.Plan, context.Fork(prefix), new AnswerCall(prompt, CallSettings.Default, default));
            var served = new List<int>();
            bool more = row.Advance(guessLimit: 0);
            while (more)
            {
                served.AddRange(row.Pending);
                context.ClearBatch();
                int[] forks = [.. Enumerable.Range(0, row.Wanted?.Labels.Count ?? 0).Select(_ => context.Fork(row.Sequence))];
                row.Append(forks);
                context.Decode(withLogits: true, TestContext.CancellationToken);
                more = row.Advance(guessLimit: 0);
                Array.ForEach(forks, context.Release);
            }

            served.AddRange(row.Pending);
            served.RemoveRange(0, prompt.Tokens.Length - prompt.PrefixLength);
            int[] trained = client.Encoder.EncodeCompletion([.. row.Fields.Select(value => value.Text)]).Tokens;

            // A generated text may have other tokens than the same text has when it is tokenized; all punctuation must be the same.
            LlamaVocabulary vocabulary = client.Host.Model.Vocabulary;
            string servedText = vocabulary.GetText([.. served]);
            if (row.Fields.All(value => !value.Truncated))
            {
                CollectionAssert.AreEqual(Punctuation(served), Punctuation(trained), servedText);
            }

            List<int> Punctuation(IEnumerable<int> tokens) => [.. tokens.Where(token =>
                vocabulary.GetText([token]) is { Length: > 1 } piece && (piece.Contains('{', StringComparison.Ordinal) || piece.Contains('[', StringComparison.Ordinal)))];
        }
    }

    [TestMethod]
    public void Training_weighs_what_the_model_decides_and_not_what_it_is_given()
    {
        using EdgePromptClient client = TestModel.Open(Record, TestModel.TinySmolLM2);
        LlamaVocabulary vocabulary = client.Host.Model.Vocabulary;
        EncodedCompletion completion = client.Encoder.EncodeCompletion(
            ["order", """[{"product":"mug","count":2,"colour":null,"gift":true}]""", """{"city":null,"zones":[7]}"""]);

        Assert.AreEqual(
            """{"kind":"order","items":[{"product":"mug","count":2,"colour":null,"gift":true}],"address":{"city":null,"zones":[7]}}""",
            vocabulary.GetText(completion.Tokens));
        string decided = string.Join('|', completion.Tokens.Where((_, i) => !completion.Forced[i]).Select(token => vocabulary.GetText([token])));
        Assert.Contains("true", decided.Replace("|", string.Empty, StringComparison.Ordinal));
        int[] product = vocabulary.Tokenize("\"product\":");
        Assert.IsGreaterThan(product.Length, completion.Forced.Count(forced => forced));
        Assert.IsFalse(completion.Forced[^1] && completion.Forced[0] == false);
    }

    [TestMethod]
    [DataRow("smollm2")]
    [DataRow("llama3")]
    public async Task A_call_names_a_function_and_has_its_arguments(string model)
    {
        using EdgePromptClient client = TestModel.Open(Tools, model == "smollm2" ? TestModel.TinySmolLM2 : TestModel.TinyLlama3);
        foreach (string text in _texts)
        {
            EdgePrediction prediction = await client.PredictAsync([text], TestContext.CancellationToken);
            using var call = JsonDocument.Parse(prediction.Fields[0].Text);
            JsonElement arguments = call.RootElement.GetProperty("arguments");
            string[] expected = call.RootElement.GetProperty("name").GetString() switch
            {
                "open_ticket" => ["title", "urgent"],
                "open_door" => [],
                "set_levels" => ["levels"],
                string other => throw new AssertFailedException(other),
                null => throw new AssertFailedException("no name"),
            };
            CollectionAssert.AreEqual(expected, arguments.EnumerateObject().Select(property => property.Name).ToArray());
            Assert.AreEqual(
                prediction.Fields[0].Text,
                NestedAnswer.Canonical(client.Encoder.Prompt.Document.Outputs[0], Contracts.Json.JsonText.Parse(prediction.Fields[0].Text)));
        }
    }

    private static void CheckForm(EdgePromptClient client, EdgePrediction prediction)
    {
        Assert.HasCount(3, prediction.Fields);
        Assert.IsTrue(prediction.Fields[0].Text is "order" or "return");
        for (int i = 1; i < 3; i++)
        {
            // Reads with another parser, and has every property of its kind in declared order.
            string text = prediction.Fields[i].Text;
            using var json = JsonDocument.Parse(text);
            Assert.AreEqual(text, NestedAnswer.Canonical(client.Encoder.Prompt.Document.Outputs[i], Contracts.Json.JsonText.Parse(text)));
            Assert.IsFalse(prediction.Fields[i].IsMissing);
            Assert.IsTrue(prediction.Fields[i].Confidence is >= 0 and <= 1);
        }
    }
}
