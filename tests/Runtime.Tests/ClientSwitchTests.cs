using EdgeBuild.Contracts;

namespace EdgeBuild.Runtime.Tests;

/// <summary>Another model file without a restart, and back.</summary>
[TestClass]
public sealed class ClientSwitchTests : IDisposable
{
    private static readonly PromptDefinition _definition = TestModel.Define(TestModel.TriageSource);

    private readonly string _directory = Directory.CreateTempSubdirectory("edge-switch-").FullName;

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [TestMethod]
    public async Task Calls_end_on_the_model_that_they_began_on_and_later_ones_go_to_the_new_one_and_back()
    {
        double first = await AloneAsync(TestModel.TinySmolLM2);
        double second = await AloneAsync(TestModel.TinyLlama3);
        Assert.AreNotEqual(first, second);
        var old = new Client(TestModel.TinySmolLM2);
        using var models = new EdgeClientSwitch<Client>(old);
        var begun = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        Task<double> running = models.CallAsync(async client =>
        {
            begun.SetResult();
            await goOn.Task;
            return await client.AskAsync();
        });
        await begun.Task;
        await models.TakeOverAsync(() => new Client(TestModel.TinyLlama3), TestContext.CancellationToken);
        Assert.AreEqual(second, await models.CallAsync(client => client.AskAsync()));
        models.ForgetPrevious();
        Assert.IsFalse(models.CanRollBack);
        Assert.IsFalse(old.IsDisposed, "a call still runs");
        goOn.SetResult();
        Assert.AreEqual(first, await running);
        Assert.IsTrue(old.IsDisposed);

        await models.TakeOverAsync(() => new Client(TestModel.TinySmolLM2), TestContext.CancellationToken);
        Assert.AreEqual(first, await models.CallAsync(client => client.AskAsync()));
        models.RollBack();
        Assert.AreEqual(second, await models.CallAsync(client => client.AskAsync()));
        models.RollBack();
        Assert.AreEqual(first, await models.CallAsync(client => client.AskAsync()));
    }

    [TestMethod]
    public async Task A_model_that_cannot_be_opened_changes_nothing()
    {
        using var models = new EdgeClientSwitch<Client>(new Client(TestModel.TinySmolLM2));
        double before = await models.CallAsync(client => client.AskAsync());
        EdgeModelException exception = await Assert.ThrowsExactlyAsync<EdgeModelException>(() =>
            models.TakeOverAsync(() => new Client(Path.Combine(_directory, "none.gguf")), TestContext.CancellationToken));
        Assert.AreEqual(ErrorCodes.ArtifactInvalid, exception.Code);
        Assert.IsFalse(models.CanRollBack);
        Assert.ThrowsExactly<InvalidOperationException>(models.RollBack);
        Assert.AreEqual(before, await models.CallAsync(client => client.AskAsync()));
        models.Dispose();
        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => models.CallAsync(client => client.AskAsync()));
    }

    [TestMethod]
    public async Task Exchanges_under_load_lose_no_call_and_free_every_client()
    {
        double[] answers = [await AloneAsync(TestModel.TinySmolLM2), await AloneAsync(TestModel.TinyLlama3)];
        var made = new List<Client> { new(TestModel.TinySmolLM2) };
        using (var models = new EdgeClientSwitch<Client>(made[0]))
        {
            using var stop = new CancellationTokenSource();
            Task<int>[] callers = [.. Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
            {
                int calls = 0;
                for (; !stop.IsCancellationRequested; calls++)
                {
                    Assert.Contains(await models.CallAsync(client => client.AskAsync()), answers);
                }

                return calls;
            }))];
            for (int round = 1; round <= 6; round++)
            {
                await models.TakeOverAsync(
                    () =>
                    {
                        made.Add(new Client(round % 2 == 0 ? TestModel.TinySmolLM2 : TestModel.TinyLlama3));
                        return made[^1];
                    },
                    TestContext.CancellationToken);
                models.RollBack();
                models.RollBack();
            }

            await stop.CancelAsync();
            Assert.IsGreaterThan(0, (await Task.WhenAll(callers)).Min());
        }

        Assert.IsTrue(made.TrueForAll(client => client.IsDisposed));
    }

    [TestMethod]
    public async Task A_file_that_was_renamed_over_the_old_one_is_another_model()
    {
        string path = Path.Combine(_directory, "model.gguf");
        File.Copy(TestModel.TinySmolLM2, path);
        using var models = new EdgeClientSwitch<Client>(new Client(path));
        double before = await models.CallAsync(client => client.AskAsync());
        File.Copy(TestModel.TinyLlama3, path + ".new");
        File.Move(path + ".new", path, overwrite: true);
        Assert.AreEqual(before, await models.CallAsync(client => client.AskAsync()));
        await models.TakeOverAsync(() => new Client(path), TestContext.CancellationToken);

        Assert.AreEqual(await AloneAsync(TestModel.TinyLlama3), await models.CallAsync(client => client.AskAsync()));
    }

    [TestMethod]
    public void Memory_before_and_after_is_told()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.TriageSource, TestModel.SmolLM2);
        EdgeModelMemory memory = client.Memory;
        Assert.IsGreaterThan(50L << 20, memory.Weights);
        Assert.IsGreaterThan(0, memory.ProcessBefore);
        Assert.IsGreaterThan(memory.Weights / 100, memory.ProcessAfter);
    }

    [TestMethod]
    public void A_file_that_cannot_be_read_is_an_error_with_a_code()
    {
        string path = Path.Combine(_directory, "locked.gguf");
        File.Copy(TestModel.TinySmolLM2, path);
        using var writer = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() => new Client(path));
        Assert.AreEqual((ErrorCodes.ArtifactInvalid, path), (exception.Code, exception.Path));
    }

    private static async Task<double> AloneAsync(string model)
    {
        using var client = new Client(model);
        return await client.AskAsync();
    }

    private sealed class Client(string model) : IEdgeClient
    {
        private readonly EdgePromptClient _client = EdgePromptClient.Open(
            _definition, new EdgeClientOptions { Threads = 1, ModelPath = model, Manifest = TestModel.Manifest(_definition), RowsPerBatch = 1 });

        public bool IsDisposed { get; private set; }

        public async ValueTask<double> AskAsync() => (await _client.PredictAsync(["Where is my invoice?"])).Confidence;

        public Task WarmUpAsync(CancellationToken cancellationToken = default) => _client.WarmUpAsync(cancellationToken);

        public void Dispose()
        {
            IsDisposed = true;
            _client.Dispose();
        }
    }
}
