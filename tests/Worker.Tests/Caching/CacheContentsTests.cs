using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Worker.Caching;

namespace EdgeBuild.Worker.Tests.Caching;

[TestClass]
public sealed class CacheContentsTests
{
    private readonly string _root = Directory.CreateTempSubdirectory("edgebuild-cache-").FullName;

    public TestContext TestContext { get; set; } = null!;

    private CacheContents Contents => new(_root);

    [TestCleanup]
    public void RemoveRoot() => Directory.Delete(_root, recursive: true);

    [TestMethod]
    public void Entries_are_listed_with_size_use_and_the_names_they_were_made_for()
    {
        string model = Add("models/m1", 3000, days: 2);
        Add("adapters/a1", 1000, days: 5);
        new CacheOwners(_root).Record("Support", "models/m1", "adapters/a1", "checkpoints/a1");
        new CacheOwners(_root).Record("Sales", "adapters/a1");

        CacheEntry[] entries = [.. Contents.List()];

        CollectionAssert.AreEqual(new[] { "models/m1", "adapters/a1" }, entries.Select(entry => entry.Entry).ToArray());
        Assert.AreEqual(3000, entries[0].Size);
        CollectionAssert.AreEqual(new[] { "Sales", "Support" }, entries[1].Names.ToArray());

        ArtifactCache.MarkUsed(model);
        Assert.IsLessThan(1, (DateTime.UtcNow - Contents.List()[0].LastUsed).TotalHours);
    }

    [TestMethod]
    public void Entries_of_a_cache_without_records_are_found_by_what_they_say_themselves()
    {
        var fragment = new LockFile();
        fragment.Models["Support"] = new LockedModel { ModelKey = "m1", AdapterKey = "a1", Sha256 = "", Quantization = "", Base = "", BaseSha256 = "", License = "" };
        File.WriteAllText(Path.Combine(Add("models/m1", 10), LockFile.FileName), fragment.ToText());
        File.WriteAllText(Path.Combine(Add("models/damaged", 10), LockFile.FileName), "{");
        Add("adapters/a1", 10);
        Add("adapters/a2", 10);

        CollectionAssert.AreEquivalent(new[] { "models/m1", "adapters/a1" }, Contents.ListOf("Support").Select(entry => entry.Entry).ToArray());
    }

    [TestMethod]
    public async Task Everything_of_a_model_goes_and_nothing_of_the_others()
    {
        string[] own = ["models/m1", "models/m2", "adapters/a1", "checkpoints/a2"];
        foreach (string entry in own.Append("adapters/other"))
        {
            Add(entry, 10);
        }

        Directory.CreateDirectory(Path.Combine(_root, "failed"));
        File.WriteAllText(Path.Combine(_root, "failed", "Support.m3.report.html"), "row texts");
        File.WriteAllText(Path.Combine(_root, "failed", "Supporters.m3.report.html"), "others'");
        new CacheOwners(_root).Record("Support", [.. own, "failed/Support.m3.report.html", "models/never-made"]);
        new CacheOwners(_root).Record("Supporters", "failed/Supporters.m3.report.html");

        foreach (CacheEntry entry in Contents.ListOf("Support"))
        {
            await Contents.DeleteAsync(entry, () => { }, TestContext.CancellationToken);
        }

        Contents.Forget("Support");

        CollectionAssert.AreEquivalent(new[] { "adapters/other", "failed/Supporters.m3.report.html" }, Contents.List().Select(entry => entry.Entry).ToArray());
        Assert.IsEmpty(Directory.EnumerateFileSystemEntries(_root, "*Support", SearchOption.AllDirectories));
    }

    [TestMethod]
    [DataRow("..")]
    [DataRow("../..")]
    [DataRow("a/b")]
    [DataRow("")]
    public void A_name_that_leads_elsewhere_deletes_nothing(string name)
    {
        Add("models/m1", 10);

        Assert.ThrowsExactly<EdgeBuildException>(() => Contents.ListOf(name));
        Assert.ThrowsExactly<EdgeBuildException>(() => Contents.Forget(name));
        Assert.IsTrue(Directory.Exists(Path.Combine(_root, "models", "m1")));
    }

    [TestMethod]
    public async Task What_a_build_holds_is_not_pruned_and_waited_for_when_it_must_go()
    {
        Add("adapters/a1", 10);
        CacheEntry entry = Contents.List().Single();
        IDisposable build = await new ArtifactCache(_root).LockAsync("a1", () => { }, TestContext.CancellationToken);

        Assert.IsFalse(Contents.TryDelete(entry));
        var waited = new TaskCompletionSource();
        Task deletion = Contents.DeleteAsync(entry, () => waited.TrySetResult(), TestContext.CancellationToken);
        await waited.Task;
        Assert.IsTrue(Directory.Exists(entry.Path));
        build.Dispose();
        await deletion;
        Assert.IsFalse(Directory.Exists(entry.Path));
    }

    [TestMethod]
    public void The_least_recently_used_go_until_the_rest_fits_and_what_is_in_use_stays()
    {
        DateTime now = DateTime.UtcNow;
        CacheEntry[] entries =
        [
            Entry("young", 50, now - TimeSpan.FromMinutes(5)),
            Entry("old", 30, now - TimeSpan.FromDays(9)),
            Entry("middle", 20, now - TimeSpan.FromDays(4)),
            Entry("oldest", 10, now - TimeSpan.FromDays(30)),
        ];

        CollectionAssert.AreEqual(new[] { "models/oldest", "models/old" }, Chosen(new CachePruning(70, null, CachePruning.InUse), entries, now));
        CollectionAssert.AreEqual(new[] { "models/oldest", "models/old", "models/middle" }, Chosen(new CachePruning(1, null, CachePruning.InUse), entries, now));
        CollectionAssert.AreEqual(new[] { "models/oldest", "models/old" }, Chosen(new CachePruning(null, TimeSpan.FromDays(7), CachePruning.InUse), entries, now));
        Assert.IsEmpty(Chosen(new CachePruning(110, null, CachePruning.InUse), entries, now));
    }

    [TestMethod]
    public void The_limit_of_a_project_is_kept_after_its_training()
    {
        Add("models/old", 6000, days: 3);
        Add("models/new", 6000);

        Assert.Contains("removed 1 entries (6.0 KB)", CachePruning.Enforce(_root, 10_000)!);
        Assert.IsNull(CachePruning.Enforce(_root, 10_000));
        Assert.AreEqual("models/new", Contents.List().Single().Entry);
    }

    private static string[] Chosen(CachePruning pruning, CacheEntry[] entries, DateTime now) => [.. pruning.Choose(entries, now).Select(entry => entry.Entry)];

    private static CacheEntry Entry(string key, long size, DateTime used) => new("models/" + key, key, [], size, used);

    private string Add(string entry, int size, int days = 0)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root, entry)).FullName;
        File.WriteAllBytes(Path.Combine(folder, "content"), new byte[size]);
        string done = Path.Combine(folder, ArtifactCache.DoneFileName);
        File.WriteAllText(done, string.Empty);
        DateTime used = DateTime.UtcNow - TimeSpan.FromDays(days);
        File.SetLastWriteTimeUtc(done, used);
        Directory.SetLastWriteTimeUtc(folder, used);
        return folder;
    }
}
