namespace EdgeBuild.LlamaCpp.Tests;

[TestClass]
public sealed class CancellationTests
{
    [TestMethod]
    public void A_decode_is_cancelled_while_it_computes_and_the_context_stays_usable()
    {
        using var model = LlamaModel.Load(RepositoryFiles.Model);
        using LlamaContext context = model.CreateContext(new LlamaContextOptions { ContextLength = 2048, MicroBatchSize = 128, ThreadCount = 1, BatchThreadCount = 1 });
        var batch = new LlamaBatch();
        int[] tokens = [.. Enumerable.Range(0, 2048).Select(index => 1000 + index)];
        batch.Add(tokens, 0, 0, wantLastLogits: true);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        Assert.ThrowsExactly<OperationCanceledException>(() => context.Decode(batch, cancellation.Token));

        Assert.IsLessThan(2047, context.GetLastPosition(0));
        Assert.IsTrue(context.RemoveSequence(0));
        batch.Clear();
        int last = batch.Add(tokens.AsSpan(0, 8), 0, 0, wantLastLogits: true);
        context.Decode(batch);
        float[] actual = context.GetLogits(last).ToArray();
        using LlamaContext fresh = model.CreateContext(new LlamaContextOptions { ContextLength = 2048, MicroBatchSize = 128, ThreadCount = 1, BatchThreadCount = 1 });
        fresh.Decode(batch);
        CollectionAssert.AreEqual(fresh.GetLogits(last).ToArray(), actual);
    }

    [TestMethod]
    public void A_load_is_cancelled_from_its_progress()
    {
        using var cancellation = new CancellationTokenSource();
        var options = new LlamaModelOptions { LoadMode = LlamaLoadMode.Read, Progress = new Report(_ => cancellation.Cancel()) };

        Assert.ThrowsExactly<OperationCanceledException>(() => LlamaModel.Load(RepositoryFiles.Model, options, cancellation.Token));
    }

    [TestMethod]
    public void A_load_reports_progress_up_to_its_end()
    {
        var shares = new List<float>();
        using var model = LlamaModel.Load(RepositoryFiles.Model, new LlamaModelOptions { Progress = new Report(shares.Add) });

        Assert.AreEqual(1f, shares[^1]);
        CollectionAssert.AreEqual(shares.Order().ToList(), shares);
    }

    private sealed class Report(Action<float> action) : IProgress<float>
    {
        void IProgress<float>.Report(float value) => action(value);
    }
}
