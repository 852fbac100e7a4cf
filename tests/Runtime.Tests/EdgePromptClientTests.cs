using EdgeBuild.Contracts;

namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class EdgePromptClientTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edge-client").FullName;

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void Remove() => Directory.Delete(_directory, recursive: true);

    [TestMethod]
    public async Task A_model_beside_its_manifest_is_opened_and_verified()
    {
        PromptDefinition definition = TestModel.Define(TestModel.TriageSource);
        string path = CopyModel();
        TestModel.Manifest(definition, path).Save(EdgeManifest.PathFor(path));
        using EdgePromptClient client = EdgePromptClient.Open(definition, new EdgeClientOptions { Threads = 1, ModelPath = path, Proofs = new ModelFileProof(_directory) });
        Assert.HasCount(1, Directory.GetFiles(_directory, "*.txt"));
        await client.WarmUpAsync(TestContext.CancellationToken);
        EdgePrediction prediction = await client.PredictAsync(["Hello"], TestContext.CancellationToken);

        Assert.AreEqual("category", prediction.Fields[0].Name);
        Assert.AreEqual("urgent", prediction.Fields[1].Name);
        Assert.IsGreaterThan(TimeSpan.Zero, prediction.Elapsed);
        Assert.IsFalse(prediction.InputTruncated);
    }

    [TestMethod]
    public async Task An_input_that_is_too_long_is_told()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2);
        EdgePrediction prediction = await client.PredictAsync([string.Join(' ', Enumerable.Repeat("word", 500))], TestContext.CancellationToken);

        Assert.IsTrue(prediction.InputTruncated);
    }

    [TestMethod]
    public void Two_clients_of_one_file_share_the_model_until_both_are_disposed()
    {
        string path = CopyModel();
        EdgePromptClient one = TestModel.Open(TestModel.TriageSource, path);
        EdgePromptClient two = TestModel.Open(TestModel.SingleSource, Path.Combine(_directory, ".", Path.GetFileName(path)));
        EdgeModelHost host = one.Host;
        Assert.AreSame(host, two.Host);

        one.Dispose();
        one.Dispose();
        using (EdgePromptClient three = TestModel.Open(TestModel.TriageSource, path))
        {
            Assert.AreSame(host, three.Host);
        }

        two.Dispose();
        using EdgePromptClient four = TestModel.Open(TestModel.TriageSource, path);
        Assert.AreNotSame(host, four.Host);
    }

    [TestMethod]
    public async Task A_disposed_client_refuses_calls_and_leaves_others_alone()
    {
        EdgePromptClient one = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2);
        using EdgePromptClient two = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2);
        await one.PredictAsync(["a"], TestContext.CancellationToken);
        one.Dispose();

        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(async () => await one.PredictAsync(["a"]));
        Assert.HasCount(2, (await two.PredictAsync(["a"], TestContext.CancellationToken)).Fields);
    }

    [TestMethod]
    public async Task A_cancelled_call_ends_and_the_next_one_is_right()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.SmolLM2);
        EdgePrediction before = await client.PredictAsync(["Where is my invoice?"], TestContext.CancellationToken);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        OperationCanceledException early = await Assert.ThrowsExactlyAsync<OperationCanceledException>(async () => await client.PredictAsync(["a"], cancelled.Token));
        Assert.AreEqual(cancelled.Token, early.CancellationToken);

        string longInput = string.Join(' ', Enumerable.Range(0, 64));
        for (int delay = 1; delay <= 60; delay += 12)
        {
            using var source = new CancellationTokenSource();
            ValueTask<EdgePrediction> call = client.PredictAsync([longInput], source.Token);
            await Task.Delay(delay, TestContext.CancellationToken);
            await source.CancelAsync();
            try
            {
                await call;
            }
            catch (OperationCanceledException exception)
            {
                Assert.AreEqual(source.Token, exception.CancellationToken);
            }

            EdgePrediction after = await client.PredictAsync(["Where is my invoice?"], TestContext.CancellationToken);
            PrefixReuseTests.AssertEqual(before, after);
        }
    }

    [TestMethod]
    public void Cancelling_within_a_step_is_told_and_gives_all_sequences_back()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.SmolLM2);
        using var context = new InferenceContext(client.Host.Model, client.Plan.Capacity(client.Encoder), 1);
        EncodedPrompt prompt = client.Encoder.Encode([string.Join(' ', Enumerable.Range(0, 64))]);
        int cancelled = 0;
        for (int round = 0; round < 20; round++)
        {
            using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(2 + round));
            try
            {
                TestModel.Decode(context, client, [prompt], client.Plan, source.Token);
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }
        }

        Assert.IsGreaterThan(0, cancelled);
        Assert.IsFalse(context.IsBroken);
        Assert.HasCount(2, TestModel.Decode(context, client, [prompt], client.Plan, CancellationToken.None)[0]);
    }

    [TestMethod]
    public async Task Disposing_ends_a_running_call()
    {
        EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.TinySmolLM2);
        Task<IReadOnlyList<EdgePrediction>> running = client.PredictManyAsync([.. Enumerable.Repeat(new[] { "text" }, 100_000)]);
        await Task.Delay(50, TestContext.CancellationToken);
        client.Dispose();

        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => running);
    }

    [TestMethod]
    public void A_manifest_of_another_build_is_refused()
    {
        PromptDefinition definition = TestModel.Define(TestModel.TriageSource);
        PromptDefinition other = TestModel.Define(TestModel.TriageSource.Replace("Sort a", "Sort one", StringComparison.Ordinal));
        PromptDefinition single = TestModel.Define(TestModel.SingleSource);
        var forged = new PromptDefinition("Test", definition.Name, definition.Source + "\nmore", definition.Hash, definition.Labels);

        Assert.Contains("another version of the prompt", Refused(definition, TestModel.Manifest(other)).Message);
        Assert.Contains("not built for the prompt 'triage'", Refused(definition, TestModel.Manifest(single)).Message);
        Assert.Contains("another version of EdgeBuild", Refused(forged, TestModel.Manifest(definition)).Message);

        static EdgeModelException Refused(PromptDefinition definition, EdgeManifest manifest)
        {
            EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() =>
                EdgePromptClient.Open(definition, new EdgeClientOptions { Threads = 1, ModelPath = TestModel.TinySmolLM2, Manifest = manifest }));
            Assert.AreEqual(ErrorCodes.ArtifactInvalid, exception.Code);
            Assert.Contains("ebuild the project", exception.Message);
            return exception;
        }
    }

    [TestMethod]
    public void A_missing_model_is_refused()
    {
        PromptDefinition definition = TestModel.Define(TestModel.TriageSource, "NoSuchModel");
        Assert.AreEqual(ErrorCodes.ArtifactInvalid, Assert.ThrowsExactly<EdgeModelException>(() => EdgePromptClient.Open(definition, new EdgeClientOptions())).Code);

        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() =>
            EdgePromptClient.Open(definition, new EdgeClientOptions { Threads = 1, ModelPath = Path.Combine(_directory, "none.gguf"), Manifest = TestModel.Manifest(definition) }));
        Assert.AreEqual(ErrorCodes.ArtifactInvalid, exception.Code);
        Assert.Contains("missing", exception.Message);
    }

    [TestMethod]
    public void A_damaged_model_is_refused_before_native_code_sees_it()
    {
        PromptDefinition definition = TestModel.Define(TestModel.TriageSource);
        string path = CopyModel();
        EdgeManifest withHash = TestModel.Manifest(definition, path);
        EdgeManifest withoutHash = TestModel.Manifest(definition);
        byte[] bytes = File.ReadAllBytes(path);
        foreach (int length in new[] { 0, 3, 24, 200, 20_000, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.AreEqual(ErrorCodes.ArtifactInvalid, Refused(withHash).Code);
            Assert.AreEqual(ErrorCodes.InvalidGguf, Refused(withoutHash).Code);
        }

        byte[] flipped = [.. bytes];
        flipped[bytes.Length - 1000] ^= 0x40;
        File.WriteAllBytes(path, flipped);
        Assert.Contains("SHA-256", Refused(withHash).Message);

        EdgeModelException Refused(EdgeManifest manifest) => Assert.ThrowsExactly<EdgeModelException>(() =>
            EdgePromptClient.Open(definition, new EdgeClientOptions { Threads = 1, ModelPath = path, Manifest = manifest, Proofs = new ModelFileProof(_directory) }));
    }

    [TestMethod]
    public void A_prompt_that_cannot_fit_the_model_is_refused()
    {
        PromptDefinition definition = TestModel.Define(TestModel.TriageSource.Replace("maxInputTokens: 64", "maxInputTokens: 100000", StringComparison.Ordinal));
        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() =>
            EdgePromptClient.Open(definition, new EdgeClientOptions { Threads = 1, ModelPath = TestModel.TinySmolLM2, Manifest = TestModel.Manifest(definition) }));

        Assert.AreEqual(ErrorCodes.ContextExceeded, exception.Code);
    }

    private string CopyModel()
    {
        string path = Path.Combine(_directory, "Test.gguf");
        File.Copy(TestModel.TinySmolLM2, path);
        return path;
    }
}
