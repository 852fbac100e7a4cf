using System.Text;

namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class TextStreamTests
{
    private static readonly string[] _question = ["Name three colours and say 'Grüße' with a 🙂."];

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task The_pieces_together_are_the_answer_of_a_whole_call_and_none_splits_a_character(bool real)
    {
        using EdgePromptClient client = TestModel.Open(TestModel.ReplySource, real ? TestModel.SmolLM2 : TestModel.TinySmolLM2);
        var options = new EdgeCallOptions { MaxTokens = 40, Temperature = 0 };
        EdgePrediction whole = await client.PredictAsync(_question, options, TestContext.CancellationToken);
        List<string> pieces = await ReadAsync(client, options);

        Assert.AreEqual(whole.Fields[0].Text, string.Concat(pieces));
        Assert.IsGreaterThan(1, pieces.Count);
        Assert.IsTrue(pieces.TrueForAll(piece => piece.Length > 0 && !char.IsLowSurrogate(piece[0]) && !char.IsHighSurrogate(piece[^1])));
    }

    [TestMethod]
    public async Task A_text_that_is_cut_is_told_and_one_that_ends_is_not()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.ReplySource, TestModel.SmolLM2);
        EdgePrediction cut = await client.PredictAsync(["What is the capital of France?"], new EdgeCallOptions { MaxTokens = 2 }, TestContext.CancellationToken);
        EdgePrediction whole = await client.PredictAsync(["What is the capital of France?"], TestContext.CancellationToken);

        Assert.IsTrue(cut.OutputTruncated);
        Assert.IsFalse(whole.OutputTruncated);
        Assert.StartsWith(cut.Fields[0].Text, whole.Fields[0].Text);
        Assert.HasCount(2, client.Host.Model.Vocabulary.Tokenize(cut.Fields[0].Text));
    }

    [TestMethod]
    public async Task More_tokens_than_usual_can_be_asked_for_and_more_than_the_model_was_trained_for_are_refused()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.ReplySource, TestModel.TinySmolLM2);
        int fitting = client.Host.Model.TrainedContextLength - client.Encoder.PrefixTokens.Length - client.Encoder.MaximumCallTokens;
        var options = new EdgeCallOptions { MaxTokens = fitting };
        EdgePrediction answer = await client.PredictAsync(_question, options, TestContext.CancellationToken);
        Assert.IsGreaterThan(0, answer.Fields[0].Text.Length);

        options.MaxTokens++;
        EdgeModelException refused = await Assert.ThrowsExactlyAsync<EdgeModelException>(
            async () => await client.PredictAsync(_question, options, TestContext.CancellationToken));
        Assert.AreEqual(EdgeBuild.Contracts.ErrorCodes.ContextExceeded, refused.Code);
    }

    [TestMethod]
    public async Task A_seed_repeats_a_sampled_text_and_another_seed_gives_another()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.ReplySource, TestModel.TinySmolLM2);
        var options = new EdgeCallOptions { MaxTokens = 30, Temperature = 1, TopK = 100, TopP = 0.99, Seed = 7 };
        string first = string.Concat(await ReadAsync(client, options));
        Assert.AreEqual(first, (await client.PredictAsync(_question, options, TestContext.CancellationToken)).Fields[0].Text);

        options.Seed = 8;
        Assert.AreNotEqual(first, string.Concat(await ReadAsync(client, options)));
    }

    [TestMethod]
    public async Task Who_stops_reading_ends_the_call()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.ReplySource, TestModel.SmolLM2);
        EdgePrediction expected = await client.PredictAsync(_question, new EdgeCallOptions { MaxTokens = 8 }, TestContext.CancellationToken);
        await foreach (string piece in client.StreamAsync(_question, new EdgeCallOptions { MaxTokens = 2000, RepetitionPenalty = 1.5 }, TestContext.CancellationToken))
        {
            Assert.IsGreaterThan(0, piece.Length);
            break;
        }

        EdgePrediction next = await client.PredictAsync(_question, new EdgeCallOptions { MaxTokens = 8 }, TestContext.CancellationToken);
        Assert.AreEqual(expected.Fields[0].Text, next.Fields[0].Text);
    }

    [TestMethod]
    public async Task A_cancelled_stream_throws_the_callers_token()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.ReplySource, TestModel.TinySmolLM2);
        using var source = new CancellationTokenSource();
        OperationCanceledException exception = await Assert.ThrowsExactlyAsync<OperationCanceledException>(async () =>
        {
            await foreach (string _ in client.StreamAsync(_question, new EdgeCallOptions { MaxTokens = 150 }, source.Token))
            {
                await source.CancelAsync();
            }
        });

        Assert.AreEqual(source.Token, exception.CancellationToken);
    }

    [TestMethod]
    public void A_prompt_with_labels_has_no_stream()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2);

        Assert.Contains("free text", Assert.ThrowsExactly<InvalidOperationException>(() => client.StreamAsync(["a"])).Message);
    }

    [TestMethod]
    public async Task Options_that_make_no_sense_are_refused()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.ReplySource, TestModel.TinySmolLM2);
        foreach (EdgeCallOptions options in new EdgeCallOptions[]
        {
            new() { MaxTokens = 0 }, new() { Temperature = -1 }, new() { Temperature = double.NaN }, new() { TopK = -1 }, new() { TopP = 0 },
            new() { TopP = 1.5 }, new() { MinP = -0.1 }, new() { RepetitionPenalty = 0 },
        })
        {
            await Assert.ThrowsExactlyAsync<ArgumentOutOfRangeException>(async () => await client.PredictAsync(_question, options, TestContext.CancellationToken));
        }
    }

    [TestMethod]
    public void Bytes_in_any_portions_give_the_text_without_split_characters()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes("aé€🙂\u0301ö"), 0xFF, (byte)'x', 0xE2, 0x82];
        for (int portion = 1; portion <= bytes.Length; portion++)
        {
            var pieces = new List<string>();
            var text = new TextPieces(pieces.Add);
            foreach (byte[] part in bytes.Chunk(portion))
            {
                text.Append(part);
            }

            Assert.AreEqual("aé€🙂\u0301ö\uFFFDx", string.Concat(pieces));
            Assert.IsTrue(pieces.TrueForAll(piece => !char.IsLowSurrogate(piece[0]) && !char.IsHighSurrogate(piece[^1])));
        }
    }

    private async Task<List<string>> ReadAsync(EdgePromptClient client, EdgeCallOptions options)
    {
        var pieces = new List<string>();
        await foreach (string piece in client.StreamAsync(_question, options, TestContext.CancellationToken))
        {
            pieces.Add(piece);
        }

        return pieces;
    }
}
