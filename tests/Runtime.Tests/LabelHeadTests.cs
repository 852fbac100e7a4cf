using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Runtime.Tests;

/// <summary>Models whose labels are told apart by heads.</summary>
[TestClass]
public sealed class LabelHeadTests : IDisposable
{
    private const string Ticket = "Where is my invoice?";

    private static readonly string _noteSource = TestModel.TriageSource.Replace(
        "  - name: urgent\n    kind: boolean\n    required: true\n", "  - name: note\n    kind: string\n    required: true\n", StringComparison.Ordinal)
        .Replace("    maxInputTokens: 64", "    freeText: [note]\n    maxInputTokens: 64", StringComparison.Ordinal);

    private readonly string _directory = Directory.CreateTempSubdirectory("edge-heads-").FullName;

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [TestMethod]
    public async Task The_probabilities_of_a_head_are_those_of_the_hidden_state_before_the_value()
    {
        var random = new Random(5);
        LabelHeadValues head = Head("triage/category", 6, _ => random.NextSingle() - 0.5f);
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, Write(head, Head("triage/urgent", 2, _ => random.NextSingle() - 0.5f)));
        EdgePrediction prediction = await client.PredictAsync([Ticket], TestContext.CancellationToken);

        using LlamaContext plain = client.Host.Model.CreateContext(
            new LlamaContextOptions { ContextLength = 512, BatchSize = 512, ThreadCount = 1, BatchThreadCount = 1, KeepHiddenStates = true });
        var batch = new LlamaBatch();
        int last = batch.Add([.. client.Encoder.Encode([Ticket]).Tokens, .. client.Plan.Steps[0].FixedTokens], 0, 0, wantLastLogits: true);
        plain.Decode(batch);
        float[] state = plain.GetHiddenState(batch, last).ToArray();
        double[] expected = PlainScoring.Softmax([.. Enumerable.Range(0, 6).Select(label => (double)head.Logit(label, state))]);
        IReadOnlyList<string> labels = client.Plan.Steps[0].Labels;
        for (int label = 0; label < labels.Count; label++)
        {
            Assert.AreEqual(expected[label], prediction.Fields[0].Probabilities.First(entry => entry.Label == labels[label]).Probability, 1e-4);
        }
    }

    [TestMethod]
    public async Task A_text_after_a_head_is_that_of_the_model_without_heads()
    {
        var options = new EdgeCallOptions { MaxTokens = 12 };
        using EdgePromptClient plain = TestModel.Open(_noteSource, TestModel.TinySmolLM2);
        EdgePrediction expected = await plain.PredictAsync([Ticket], options, TestContext.CancellationToken);
        int winner = plain.Plan.Steps[0].Labels.ToList().IndexOf(expected.Fields[0].Text);

        // A head that always gives the label that the texts gave; it has its b behind all of W.
        int values = 6 * (Width() + 1);
        using EdgePromptClient client = TestModel.Open(_noteSource, Write(Head("triage/category", 6, index => index == values - 6 + winner ? 10 : 0)));
        EdgePrediction prediction = await client.PredictAsync([Ticket], options, TestContext.CancellationToken);
        Assert.AreEqual(expected.Fields[0].Text, prediction.Fields[0].Text);
        Assert.AreEqual(expected.Fields[1].Text, prediction.Fields[1].Text);
        Assert.AreEqual(expected.Fields[1].Confidence, prediction.Fields[1].Confidence, 1e-4);

        // Rows that read logits share steps with rows that do not.
        EdgePrediction[] together = await Task.WhenAll(Enumerable.Range(1, 12).Select(tokens =>
            client.PredictAsync([Ticket], new EdgeCallOptions { MaxTokens = tokens }, TestContext.CancellationToken).AsTask()));
        Assert.AreEqual(expected.Fields[1].Text, together[^1].Fields[1].Text);
    }

    private static int Width()
    {
        using GgufFile file = GgufFile.Open(TestModel.TinySmolLM2);
        return (int)file.GetInteger(file.Architecture + ".embedding_length")!.Value;
    }

    private static LabelHeadValues Head(string name, int labels, Func<int, float> value) =>
        new(name, labels, [.. Enumerable.Range(0, labels * (Width() + 1)).Select(value)]);

    private string Write(params LabelHeadValues[] heads)
    {
        string path = Path.Combine(_directory, Guid.NewGuid().ToString("N") + ".gguf");
        using GgufFile file = GgufFile.Open(TestModel.TinySmolLM2);
        using var writer = new GgufWriter(file);
        foreach (GgufTensor tensor in file.Tensors)
        {
            writer.AddTensor(tensor);
        }

        LabelHeadMetadata.Write(writer, heads);
        writer.Write(path);
        return path;
    }
}
