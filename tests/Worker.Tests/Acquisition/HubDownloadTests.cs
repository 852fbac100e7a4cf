using EdgeBuild.Contracts;
using EdgeBuild.Worker.Acquisition;

namespace EdgeBuild.Worker.Tests.Acquisition;

/// <summary>Downloads from servers that behave and from those that do not.</summary>
[TestClass]
public sealed class HubDownloadTests
{
    private readonly string _cache = Directory.CreateTempSubdirectory("edgebuild-hub-").FullName;

    public TestContext TestContext { get; set; } = null!;

    private string Blobs => Path.Combine(_cache, "models--owner--repo", "blobs");

    [TestCleanup]
    public void RemoveCache() => Directory.Delete(_cache, recursive: true);

    [TestMethod]
    public async Task A_file_is_stored_where_the_tools_of_Hugging_Face_look_for_it_and_is_fetched_once()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        string path = await GetAsync(hub, hub.Sha256);

        CollectionAssert.AreEqual(hub.Content, File.ReadAllBytes(path));
        Assert.AreEqual(Path.Combine(_cache, "models--owner--repo", "snapshots", FakeHub.Commit, "sub", "model.gguf"), path);
        Assert.AreEqual(Path.Combine("..", "..", "..", "blobs", hub.Sha256), new FileInfo(path).LinkTarget);
        Assert.IsTrue(File.Exists(Path.Combine(_cache, ".locks", "models--owner--repo", hub.Sha256 + ".lock")));
        CollectionAssert.AreEqual(new[] { "HEAD hub", "GET hub", "GET storage" }, hub.Requests);

        await GetAsync(hub, hub.Sha256);
        Assert.HasCount(3, hub.Requests);
        Assert.AreEqual(path, (await hub.Client(_cache, Progress(), offline: true).GetAsync(FakeHub.Source, hub.Sha256, TestContext.CancellationToken)).Path);
    }

    [TestMethod]
    public async Task A_connection_that_breaks_again_and_again_is_resumed_where_it_broke()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.CutAfter = 100_000;

        CollectionAssert.AreEqual(hub.Content, File.ReadAllBytes(await GetAsync(hub, hub.Sha256)));
        CollectionAssert.AreEqual(new[] { "GET storage", "GET storage bytes=100000-", "GET storage bytes=200000-" }, Storage(hub));
        Assert.HasCount(2, hub.Waits);
    }

    [TestMethod]
    public async Task An_interrupted_download_goes_on_in_the_next_run()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Directory.CreateDirectory(Blobs);
        await File.WriteAllBytesAsync(Path.Combine(Blobs, hub.Sha256 + ".incomplete"), hub.Content[..123_456]);

        CollectionAssert.AreEqual(hub.Content, File.ReadAllBytes(await GetAsync(hub, hub.Sha256)));
        CollectionAssert.AreEqual(new[] { "GET storage bytes=123456-" }, Storage(hub));
    }

    [TestMethod]
    public async Task A_part_of_another_file_is_thrown_away_and_the_whole_fetched()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        Directory.CreateDirectory(Blobs);
        await File.WriteAllBytesAsync(Path.Combine(Blobs, hub.Sha256 + ".incomplete"), new byte[5000]);

        CollectionAssert.AreEqual(hub.Content, File.ReadAllBytes(await GetAsync(hub, hub.Sha256)));
        CollectionAssert.AreEqual(new[] { "GET storage bytes=5000-", "GET storage" }, Storage(hub));
    }

    [TestMethod]
    public async Task A_server_that_cannot_resume_sends_the_whole_again()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.IgnoresRange = true;
        Directory.CreateDirectory(Blobs);
        await File.WriteAllBytesAsync(Path.Combine(Blobs, hub.Sha256 + ".incomplete"), hub.Content[..5000]);

        CollectionAssert.AreEqual(hub.Content, File.ReadAllBytes(await GetAsync(hub, hub.Sha256)));
    }

    [TestMethod]
    public async Task A_server_that_never_gets_further_is_given_up_with_one_error_and_the_part_stays()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.CutAfter = 10;

        EdgeBuildException error = await FailAsync(hub, hub.Sha256, ErrorCodes.AcquisitionFailed);
        Assert.Contains("goes on where it stopped", error.Message);
        Assert.AreEqual(50, new FileInfo(Path.Combine(Blobs, hub.Sha256 + ".incomplete")).Length);
        CollectionAssert.AreEqual(new[] { 1.0, 2, 4, 8 }, hub.Waits.ConvertAll(wait => wait.TotalSeconds));
    }

    [TestMethod]
    public async Task Other_bytes_than_the_pinned_ones_are_thrown_away()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        string pinned = hub.Sha256;
        hub.Content[1000] ^= 1;

        EdgeBuildException error = await FailAsync(hub, pinned, ErrorCodes.HashMismatch);
        Assert.Contains(hub.Sha256, error.Message);
        Assert.Contains(pinned, error.Message);
        Assert.IsEmpty(Directory.GetFiles(Blobs));
    }

    [TestMethod]
    public async Task A_hub_that_announces_another_hash_than_the_pinned_one_is_asked_for_nothing_more()
    {
        await using FakeHub hub = await FakeHub.StartAsync();

        Assert.Contains("nothing was downloaded", (await FailAsync(hub, new string('0', 64), ErrorCodes.HashMismatch)).Message);
        Assert.IsEmpty(Storage(hub));
    }

    [TestMethod]
    public async Task A_server_that_sends_more_than_was_announced_is_refused()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.ClaimedSize = 299_000;

        await FailAsync(hub, hub.Sha256, ErrorCodes.AcquisitionFailed, ErrorCodes.HashMismatch);
        Assert.IsFalse(File.Exists(Path.Combine(Blobs, hub.Sha256)));
    }

    [TestMethod]
    public async Task A_server_that_has_less_than_was_announced_is_refused()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        string pinned = hub.Sha256;
        hub.ClaimedSize = hub.Content.Length;
        hub.Content = hub.Content[..200_000];

        await FailAsync(hub, pinned, ErrorCodes.HashMismatch);
        Assert.IsEmpty(Directory.GetFiles(Blobs));
    }

    [TestMethod]
    public async Task The_hash_decides_when_the_announced_length_is_wrong()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.ClaimedSize = hub.Content.Length + 1000;

        CollectionAssert.AreEqual(hub.Content, File.ReadAllBytes(await GetAsync(hub, hub.Sha256)));
    }

    [TestMethod]
    public async Task Without_a_pin_and_without_a_claim_the_file_itself_tells_its_hash()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.ClaimedHash = null;

        CollectionAssert.AreEqual(hub.Content, File.ReadAllBytes(await GetAsync(hub, string.Empty)));
    }

    [TestMethod]
    public async Task Retry_After_is_obeyed()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.Troubles.Enqueue(context => Trouble(context, 429, "17"));
        hub.Troubles.Enqueue(context => Trouble(context, 503, null));

        await GetAsync(hub, hub.Sha256);
        CollectionAssert.AreEqual(new[] { 17.0, 2 }, hub.Waits.ConvertAll(wait => wait.TotalSeconds));
    }

    [TestMethod]
    public async Task A_server_that_wants_to_be_left_alone_for_hours_is_not_waited_for()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.Troubles.Enqueue(context => Trouble(context, 429, "7200"));

        Assert.Contains("come back in 120 minutes", (await FailAsync(hub, hub.Sha256, ErrorCodes.AcquisitionFailed)).Message);
        Assert.IsEmpty(hub.Waits);
    }

    [TestMethod]
    public async Task A_gated_repository_says_where_its_terms_are_accepted()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.RequiredToken = "right";

        EdgeBuildException without = await FailAsync(hub, hub.Sha256, ErrorCodes.AccessDenied);
        Assert.Contains($"{hub.Address}owner/repo' is gated (401)", without.Message);
        Assert.Contains("HF_TOKEN", without.Message);
        EdgeBuildException wrong = await Assert.ThrowsExactlyAsync<EdgeBuildException>(() =>
            hub.Client(_cache, Progress(), "wrong").GetAsync(FakeHub.Source, hub.Sha256, TestContext.CancellationToken));
        Assert.Contains("has no access", wrong.Message);
        Assert.DoesNotContain("wrong", wrong.Message);

        await hub.Client(_cache, Progress(), "right").GetAsync(FakeHub.Source, hub.Sha256, TestContext.CancellationToken);
    }

    [TestMethod]
    public async Task A_repository_that_has_moved_is_followed_and_a_circle_is_not()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        hub.RequiredToken = "right";
        hub.MovedFrom = "old/repo";
        await hub.Client(_cache, Progress(), "right").GetAsync(FakeHub.Source with { Name = "old/repo" }, hub.Sha256, TestContext.CancellationToken);

        for (int i = 0; i < 20; i++)
        {
            hub.Troubles.Enqueue(context => context.Response.Redirect("/a/b"));
        }

        Assert.Contains("without end", (await FailAsync(hub, hub.Sha256, ErrorCodes.AcquisitionFailed)).Message);
    }

    [TestMethod]
    public async Task A_file_that_is_not_there_is_an_error_at_once()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        EdgeBuildException error = await Assert.ThrowsExactlyAsync<EdgeBuildException>(() =>
            hub.Client(_cache, Progress()).GetAsync(FakeHub.Source with { File = "other.gguf" }, hub.Sha256, TestContext.CancellationToken));

        Assert.AreEqual(ErrorCodes.AcquisitionFailed, error.Code);
        Assert.Contains("the revision has no such file", error.Message);
        Assert.HasCount(1, hub.Requests);
    }

    [TestMethod]
    public async Task A_server_that_is_not_there_is_an_error_after_some_attempts()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        HubBase client = hub.Client(_cache, Progress());
        await hub.DisposeAsync();

        EdgeBuildException error = await Assert.ThrowsExactlyAsync<EdgeBuildException>(() => client.GetAsync(FakeHub.Source, hub.Sha256, TestContext.CancellationToken));
        Assert.AreEqual(ErrorCodes.AcquisitionFailed, error.Code);
        Assert.HasCount(4, hub.Waits);
    }

    [TestMethod]
    public async Task Offline_asks_nobody_and_names_the_cache()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        EdgeBuildException error = await Assert.ThrowsExactlyAsync<EdgeBuildException>(() =>
            hub.Client(_cache, Progress(), offline: true).GetAsync(FakeHub.Source, hub.Sha256, TestContext.CancellationToken));

        Assert.AreEqual(ErrorCodes.AcquisitionFailed, error.Code);
        Assert.Contains(_cache, error.Message);
        Assert.IsEmpty(hub.Requests);
    }

    [TestMethod]
    public async Task A_cancelled_download_keeps_its_part()
    {
        await using FakeHub hub = await FakeHub.StartAsync();
        using var cancellation = new CancellationTokenSource();
        hub.CutAfter = 100_000;
        var client = new HubBase(hub.Settings(_cache), offline: false, Progress(), (_, token) =>
        {
            cancellation.Cancel();
            return Task.Delay(Timeout.Infinite, token);
        });

        await Assert.ThrowsAsync<OperationCanceledException>(() => client.GetAsync(FakeHub.Source, hub.Sha256, cancellation.Token));
        Assert.AreEqual(100_000, new FileInfo(Path.Combine(Blobs, hub.Sha256 + ".incomplete")).Length);
    }

    [TestMethod]
    public async Task Two_at_once_fetch_the_file_once()
    {
        await using FakeHub hub = await FakeHub.StartAsync(3_000_000);
        string[] paths = await Task.WhenAll(GetAsync(hub, hub.Sha256), GetAsync(hub, hub.Sha256));

        Assert.AreEqual(paths[0], paths[1]);
        Assert.HasCount(1, Storage(hub));
    }

    private static void Trouble(Microsoft.AspNetCore.Http.HttpContext context, int status, string? retryAfter)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.RetryAfter = retryAfter;
    }

    private static string[] Storage(FakeHub hub) => [.. hub.Requests.Where(request => request.Contains("storage", StringComparison.Ordinal))];

    private static ProgressReporter Progress() => new(TextWriter.Null);

    private async Task<string> GetAsync(FakeHub hub, string sha256)
    {
        using ProgressReporter progress = Progress();
        return (await hub.Client(_cache, progress).GetAsync(FakeHub.Source, sha256, TestContext.CancellationToken)).Path;
    }

    private async Task<EdgeBuildException> FailAsync(FakeHub hub, string sha256, params string[] codes)
    {
        EdgeBuildException error = await Assert.ThrowsExactlyAsync<EdgeBuildException>(() => GetAsync(hub, sha256));
        CollectionAssert.Contains(codes, error.Code, error.Message);
        return error;
    }
}
