using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class GenerationTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Free_text_is_what_greedy_decoding_of_single_tokens_gives()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.ReplySource, TestModel.SmolLM2);
        string[] inputs = ["What is the capital of France?"];
        EdgePrediction prediction = await client.PredictAsync(inputs, TestContext.CancellationToken);

        LlamaVocabulary vocabulary = client.Host.Model.Vocabulary;
        using LlamaContext plain = client.Host.Model.CreateContext(new LlamaContextOptions { ContextLength = 512, BatchSize = 512, ThreadCount = 1, BatchThreadCount = 1 });
        EncodedPrompt prompt = client.Encoder.Encode(inputs);
        var batch = new LlamaBatch();
        batch.Add(prompt.Tokens.AsSpan(0, prompt.PrefixLength), 0, 0);
        plain.Decode(batch, TestContext.CancellationToken);
        batch.Clear();
        int last = batch.Add(prompt.Tokens.AsSpan(prompt.PrefixLength), prompt.PrefixLength, 0, wantLastLogits: true);
        var answer = new List<int>();
        for (int position = prompt.Tokens.Length; answer.Count < 256; position++)
        {
            plain.Decode(batch, TestContext.CancellationToken);
            float[] logits = plain.GetLogits(last).ToArray();
            int token = Array.IndexOf(logits, logits.Max());
            if (vocabulary.IsEndOfGeneration(token))
            {
                break;
            }

            answer.Add(token);
            batch.Clear();
            last = batch.Add(token, position, 0, wantLogits: true);
        }

        Assert.AreEqual(vocabulary.GetText([.. answer]), prediction.Fields[0].Text);
        Assert.Contains("Paris", prediction.Fields[0].Text);
        Assert.IsEmpty(prediction.Fields[0].Probabilities);
        Assert.IsTrue(prediction.Confidence is > 0 and <= 1);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Values_of_a_record_keep_to_their_syntax(bool real)
    {
        using EdgePromptClient client = TestModel.Open(TestModel.ReplySource, real ? TestModel.SmolLM2 : TestModel.TinySmolLM2);
        LlamaVocabulary vocabulary = client.Host.Model.Vocabulary;
        CompletionStep[] steps =
        [
            Step("city", CompletionStep.ValueKind.JsonText, "{\"city\":\"", "\",\"", 16),
            Step("count", CompletionStep.ValueKind.Integer, "\",\"count\":", ",", 24),
            Step("share", CompletionStep.ValueKind.Float, ",\"share\":", "}", 24),
        ];
        ContextCapacity capacity = client.Plan.Capacity(client.Encoder);
        using var context = new InferenceContext(client.Host.Model, capacity, 1);
        foreach (string question in new[] { "42 people live in Paris, 3.5 of them work", "-7", string.Empty })
        {
            EncodedPrompt prompt = client.Encoder.Encode([question]);
            FieldPrediction[] fields = TestModel.Decode(context, client, [prompt], new CompletionPlan(steps, 16), TestContext.CancellationToken)[0];

            CollectionAssert.AreEqual(new[] { "city", "count", "share" }, fields.Select(field => field.Name).ToArray());
            Assert.IsTrue(long.TryParse(fields[1].Text, System.Globalization.CultureInfo.InvariantCulture, out _), fields[1].Text);
            Assert.IsTrue(double.TryParse(fields[2].Text, System.Globalization.CultureInfo.InvariantCulture, out _), fields[2].Text);
            Assert.IsFalse(fields[0].Text.Contains('\uFFFD', StringComparison.Ordinal) && real);
        }

        CompletionStep Step(string name, CompletionStep.ValueKind kind, string before, string after, int maximum) => new()
        {
            Name = name,
            Kind = kind,
            FixedTokens = vocabulary.Tokenize(before),
            Terminators = [vocabulary.Tokenize(after)[0]],
            MaximumTokens = maximum,
        };
    }
}
