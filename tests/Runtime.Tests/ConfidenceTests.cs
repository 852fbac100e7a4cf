using System.Text.Json;

using EdgeBuild.Contracts;

using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class ConfidenceTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task An_answer_is_confident_from_the_threshold_of_its_label_on()
    {
        EdgePrediction plain = await PredictAsync(new EdgeClientOptions());
        string label = plain.Fields[0].Text;
        double confidence = plain.Fields[0].Confidence;

        foreach ((double threshold, bool expected) in new[] { (confidence, true), (Math.BitIncrement(confidence), false), (0, true) })
        {
            EdgePrediction judged = await PredictAsync(new EdgeClientOptions(), Levels(label, threshold));
            Assert.AreEqual(threshold, judged.Fields[0].Threshold);
            Assert.AreEqual(expected, judged.Fields[0].IsConfident);
        }

        EdgePrediction never = await PredictAsync(new EdgeClientOptions(), Levels("Integration of nothing", 0));
        Assert.AreEqual(double.PositiveInfinity, never.Fields[0].Threshold, "a label without a threshold is never confident");
    }

    [TestMethod]
    public async Task Precision_chooses_the_level_and_a_call_may_ask_for_another()
    {
        using EdgePromptClient client = Open(new EdgeClientOptions { RequiredPrecision = 0.85 }, new EdgeManifestConfidence
        {
            Rows = 10,
            TestRows = 20,
            Levels =
            [
                new EdgeManifestPrecision { Precision = 0.8, Thresholds = All(0.11), Coverage = 0.9, Measured = 0.83 },
                new EdgeManifestPrecision { Precision = 0.9, Thresholds = All(0.22), Coverage = 0.5, Measured = 0.91 },
            ],
        });
        Assert.AreEqual(new EdgeCoverage("category", 0.9, 0.5, 0.91, 20), client.Coverage.Single());

        double? defaults = (await client.PredictAsync(["a"], TestContext.CancellationToken)).Fields[0].Threshold;
        double? loose = (await client.PredictAsync(["a"], new EdgeCallOptions { RequiredPrecision = 0.5 }, TestContext.CancellationToken)).Fields[0].Threshold;
        double? stricter = (await client.PredictAsync(["a"], new EdgeCallOptions { RequiredPrecision = 0.97 }, TestContext.CancellationToken)).Fields[0].Threshold;
        Assert.AreEqual((0.22, 0.11, 0.97), (defaults, loose, stricter));
        await Assert.ThrowsExactlyAsync<ArgumentOutOfRangeException>(async () =>
            await client.PredictAsync(["a"], new EdgeCallOptions { RequiredPrecision = 95 }, TestContext.CancellationToken));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Open(new EdgeClientOptions { RequiredPrecision = -1 }));
    }

    [TestMethod]
    public async Task A_temperature_of_the_manifest_softens_the_probabilities_and_changes_no_answer()
    {
        EdgePrediction plain = await PredictAsync(new EdgeClientOptions());
        EdgePrediction soft = await PredictAsync(new EdgeClientOptions(), temperature: 3);
        LabelProbability[] expected = [.. plain.Fields[0].Probabilities];
        double sum = expected.Sum(label => Math.Pow(label.Probability, 1 / 3.0));
        for (int index = 0; index < expected.Length; index++)
        {
            Assert.AreEqual(expected[index].Label, soft.Fields[0].Probabilities[index].Label);
            Assert.AreEqual(Math.Pow(expected[index].Probability, 1 / 3.0) / sum, soft.Fields[0].Probabilities[index].Probability, 1e-6);
        }
    }

    [TestMethod]
    public async Task The_fallback_answers_what_is_not_confident_through_the_same_outputs()
    {
        using var other = new ScriptedChatClient(_ => "```json\n{\"category\":\"HowTo\",\"urgent\":true}\n```");
        EdgePrediction prediction = await PredictAsync(new EdgeClientOptions { Fallback = other, RequiredPrecision = 1 });

        Assert.AreEqual(AnswerSource.Fallback, prediction.Source);
        Assert.IsTrue(prediction.IsConfident);
        Assert.AreEqual("HowTo true", $"{prediction.Fields[0].Text} {prediction.Fields[1].Text}");
        Assert.AreEqual(prediction.Fields[0].Probabilities.Single(label => label.Label == "HowTo").Probability, prediction.Fields[0].Confidence, 1e-12);
        (IReadOnlyList<ChatMessage> messages, ChatOptions? options) = other.Calls.Single();
        Assert.AreEqual(ChatRole.System, messages[0].Role);
        Assert.AreEqual("Where is my {{invoice}}?", messages[1].Text, "an input is never read as a template");
        JsonElement schema = ((ChatResponseFormatJson)options!.ResponseFormat!).Schema!.Value;
        Assert.AreEqual("[\"Billing\",\"Bug\",\"BugReport\",\"Access\",\"Integration\",\"HowTo\"]", schema.GetProperty("properties").GetProperty("category").GetProperty("enum").GetRawText());
        Assert.AreEqual("boolean", schema.GetProperty("properties").GetProperty("urgent").GetProperty("type").GetString());
    }

    [TestMethod]
    [DataRow("{\"parts\":[1, 2],\"detail\":{\"size\":7},\"category\":\"Bug\"}", "{\"note\":null,\"size\":7} [1,2] Bug")]
    [DataRow("{\"category\":\"Bug\",\"detail\":{\"size\":7,\"note\":\"null\"},\"parts\":[]}", "{\"note\":\"null\",\"size\":7} [] Bug")]
    public async Task Nested_values_of_the_fallback_come_in_the_form_of_the_model(string answer, string expected)
    {
        const string Source =
            "---\nname: parts\ninputs:\n  - name: text\n    kind: string\noutputs:\n  - name: detail\n    kind: object\n    properties:\n"
            + "      - name: note\n        kind: string\n        required: false\n      - name: size\n        kind: integer\n"
            + "  - name: parts\n    kind: array\n    items:\n      kind: integer\n"
            + "  - name: category\n    kind: string\n    enumValues: [Bug, Other]\n---\nuser:\n{{text}}\n";
        using var other = new ScriptedChatClient(_ => answer);
        var route = new FallbackRoute(other, TestModel.Compile(Source), NullLogger.Instance);
        FieldPrediction[] fields = [.. new[] { "detail", "parts", "category" }.Select(name => new FieldPrediction(name, "x", [], 0.1))];
        EdgePrediction prediction = await route.AnswerAsync(
            ["a"], new EdgePrediction(fields, inputTruncated: false, TimeSpan.Zero, promptTokens: 1, cachedTokens: 0), TestContext.CancellationToken);

        Assert.AreEqual(AnswerSource.Fallback, prediction.Source);
        Assert.AreEqual(expected, string.Join(' ', prediction.Fields.Select(field => field.Text)));
    }

    [TestMethod]
    public async Task The_fallback_is_not_asked_when_the_model_is_confident()
    {
        using var other = new ScriptedChatClient(_ => throw new InvalidOperationException("asked"));
        EdgePrediction prediction = await PredictAsync(new EdgeClientOptions { Fallback = other, RequiredPrecision = 0 });
        Assert.IsEmpty(other.Calls);
        Assert.AreEqual(AnswerSource.Model, prediction.Source);
    }

    [TestMethod]
    [DataRow("no idea")]
    [DataRow("{\"category\":\"Sales\",\"urgent\":true}")]
    [DataRow("{\"category\":\"HowTo\"}")]
    [DataRow("{\"category\":\"HowTo\",\"urgent\":\"yes\"}")]
    [DataRow("{\"category\":7,\"urgent\":true}")]
    [DataRow("{\"category\":")]
    [DataRow("[]")]
    [DataRow("")]
    public async Task An_answer_of_the_fallback_that_is_not_valid_leaves_that_of_the_model(string text)
    {
        var log = new RecordingLogger();
        using var other = new ScriptedChatClient(_ => text);
        EdgePrediction prediction = await PredictAsync(new EdgeClientOptions { Fallback = other, RequiredPrecision = 1, Logger = log });

        Assert.HasCount(1, other.Calls);
        Assert.AreEqual(AnswerSource.Model, prediction.Source);
        Assert.IsFalse(prediction.IsConfident);
        Assert.Contains("The fallback has not answered the prompt triage", string.Join('\n', log.Lines));
        Assert.IsFalse(text.Length > 2 && log.Lines.Any(line => line.Contains(text, StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task A_fallback_that_fails_leaves_the_answer_of_the_model_and_one_that_is_cancelled_ends_the_call()
    {
        using var failing = new ScriptedChatClient(_ => throw new HttpRequestException("no network"));
        Assert.AreEqual(AnswerSource.Model, (await PredictAsync(new EdgeClientOptions { Fallback = failing, RequiredPrecision = 1 })).Source);

        using var source = new CancellationTokenSource();
        using var cancelling = new ScriptedChatClient(_ =>
        {
            source.Cancel();
            source.Token.ThrowIfCancellationRequested();
            return string.Empty;
        });
        using EdgePromptClient client = Open(new EdgeClientOptions { Fallback = cancelling, RequiredPrecision = 1 });
        await Assert.ThrowsExactlyAsync<OperationCanceledException>(async () => await client.PredictAsync(["a"], source.Token));
    }

    [TestMethod]
    public async Task Bulk_work_takes_the_same_route_and_keeps_its_order()
    {
        using var other = new ScriptedChatClient(messages => $$"""{"category":"HowTo","urgent":{{(messages[^1].Text.EndsWith('1') ? "true" : "false")}}}""");
        using EdgePromptClient client = Open(new EdgeClientOptions { Fallback = other, RequiredPrecision = 1 });
        IReadOnlyList<EdgePrediction> predictions = await client.PredictManyAsync(
            [.. Enumerable.Range(0, 20).Select(row => new[] { $"row {row % 2}" })], cancellationToken: TestContext.CancellationToken);

        Assert.HasCount(20, other.Calls);
        for (int row = 0; row < 20; row++)
        {
            Assert.AreEqual(AnswerSource.Fallback, predictions[row].Source);
            Assert.AreEqual(row % 2 == 1 ? "true" : "false", predictions[row].Fields[1].Text);
        }
    }

    [TestMethod]
    public async Task Means_that_do_not_fit_the_model_are_refused()
    {
        var damaged = new EdgeManifestConfidence { Rows = 1, Familiarity = new EdgeManifestFamiliarity { Lowest = 0, Width = 7, Means = [1, 2] } };
        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() => Familiarity.From("category", damaged.Familiarity, 64));
        Assert.AreEqual(ErrorCodes.ArtifactInvalid, exception.Code);

        // A model without label heads has no hidden states to measure.
        EdgePrediction prediction = await PredictAsync(new EdgeClientOptions(), damaged);
        Assert.IsNull(prediction.Fields[0].Familiarity);
        Assert.IsFalse(prediction.IsUnfamiliar);
    }

    [TestMethod]
    public void Familiarity_is_the_cosine_with_the_nearest_mean()
    {
        var manifest = new EdgeManifestFamiliarity { Lowest = 0.5, Width = 3, Means = EdgeManifestFamiliarity.Encode([[2, 0, 0], [0, 3, 4]]) };
        var familiarity = Familiarity.From("x", manifest, 3);
        Assert.AreEqual(1, familiarity.Of([5, 0, 0]), 1e-3);
        Assert.AreEqual(0.8, familiarity.Of([0, 0, 10]), 1e-3);
        Assert.AreEqual(-0.48, familiarity.Of([-6, -8, 0]), 1e-3);
    }

    private static Dictionary<string, double> All(double threshold) =>
        TestModel.Define(TestModel.TriageSource).Labels["category"].ToDictionary(label => label, _ => threshold);

    private static EdgeManifestConfidence Levels(string label, double threshold) => new()
    {
        Rows = 1,
        Levels = [new EdgeManifestPrecision { Precision = 0.999, Thresholds = new Dictionary<string, double> { [label] = threshold } }],
    };

    private static EdgePromptClient Open(EdgeClientOptions options, EdgeManifestConfidence? confidence = null, double temperature = 1)
    {
        PromptDefinition definition = TestModel.Define(TestModel.TriageSource);
        options.ModelPath = TestModel.TinySmolLM2;
        options.Threads = 1;
        options.Manifest = new EdgeManifest
        {
            Model = "Test",
            ChatFormat = "chatml",
            Prompts =
            [
                new EdgeManifestPrompt
                {
                    Name = definition.Name,
                    Hash = definition.Hash,
                    Labels = definition.Labels,
                    Temperatures = new Dictionary<string, double> { ["category"] = temperature },
                    Confidence = confidence is null ? [] : new Dictionary<string, EdgeManifestConfidence> { ["category"] = confidence },
                },
            ],
        };
        return EdgePromptClient.Open(definition, options);
    }

    private async Task<EdgePrediction> PredictAsync(EdgeClientOptions options, EdgeManifestConfidence? confidence = null, double temperature = 1)
    {
        using EdgePromptClient client = Open(options, confidence, temperature);
        return await client.PredictAsync(["Where is my {{invoice}}?"], TestContext.CancellationToken);
    }
}
