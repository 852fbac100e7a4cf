using EdgeBuild.Worker.Caching;

namespace EdgeBuild.Worker.Tests;

[TestClass]
public sealed class ArtifactCacheTests
{
    private readonly string _root = Directory.CreateTempSubdirectory("edgebuild-cache-").FullName;

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void RemoveRoot() => Directory.Delete(_root, recursive: true);

    [TestMethod]
    public void An_entry_appears_only_when_it_is_committed()
    {
        string final = new ArtifactCache(_root).ModelDirectory("key");
        using (PendingEntry abandoned = ArtifactCache.Begin(final))
        {
            File.WriteAllText(abandoned.PathOf("model.gguf"), "half");
        }

        Assert.IsFalse(Directory.Exists(final));
        using (PendingEntry entry = ArtifactCache.Begin(final))
        {
            File.WriteAllText(entry.PathOf("model.gguf"), "whole");
            Assert.IsFalse(ArtifactCache.IsComplete(final));
            entry.Commit();
        }

        Assert.IsTrue(ArtifactCache.IsComplete(final));
        Assert.AreEqual("whole", File.ReadAllText(Path.Combine(final, "model.gguf")));
        Assert.HasCount(1, Directory.GetDirectories(Path.GetDirectoryName(final)!));
    }

    [TestMethod]
    public async Task Two_holders_of_one_key_wait_for_each_other()
    {
        var cache = new ArtifactCache(_root);
        IDisposable first = await cache.LockAsync("key", () => { }, TestContext.CancellationToken);
        var waited = new TaskCompletionSource();
        Task<IDisposable> second = cache.LockAsync("key", () => waited.TrySetResult(), TestContext.CancellationToken);
        await waited.Task;
        Assert.IsFalse(second.IsCompleted);
        first.Dispose();
        (await second).Dispose();
    }

    [TestMethod]
    public async Task A_lock_that_cannot_be_created_is_not_waited_for()
    {
        // A folder in the place of the lock: like a full disk or a read-only one, no wait cures it.
        Directory.CreateDirectory(Path.Combine(_root, "locks", "key.lock"));
        bool waited = false;
        Exception exception = await Assert.ThrowsAsync<Exception>(() => new ArtifactCache(_root).LockAsync("key", () => waited = true, TestContext.CancellationToken));

        Assert.IsTrue(exception is IOException or UnauthorizedAccessException);
        Assert.IsFalse(waited);
    }

    [TestMethod]
    public async Task Waiting_for_a_key_can_be_cancelled()
    {
        var cache = new ArtifactCache(_root);
        using IDisposable first = await cache.LockAsync("key", () => { }, TestContext.CancellationToken);
        using var cancellation = new CancellationTokenSource();
        Task<IDisposable> second = cache.LockAsync("key", cancellation.Cancel, cancellation.Token);
        await Assert.ThrowsExactlyAsync<TaskCanceledException>(() => second);
    }

    [TestMethod]
    public void Only_old_pending_entries_are_removed()
    {
        var cache = new ArtifactCache(_root);
        string old = cache.ModelDirectory("a") + ".tmp-1";
        string young = cache.ModelDirectory("b") + ".tmp-2";
        Directory.CreateDirectory(old);
        Directory.CreateDirectory(young);
        Directory.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-30));
        cache.RemoveAbandonedEntries(TimeSpan.FromHours(24));
        Assert.IsFalse(Directory.Exists(old));
        Assert.IsTrue(Directory.Exists(young));
    }
}
