using System.IO.Compression;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Runtime;
using EdgeBuild.Worker.Caching;

namespace EdgeBuild.Worker.Tests.Distribution;

/// <summary>Models that travel from a cache to another one through a feed, with the command line that a user has.</summary>
[TestClass]
public sealed class PushPullTests
{
    private const string Row = "a very private row";
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebuild-feed-").FullName;

    private string Project => Path.Combine(_folder, "Äpp one");

    private string Trained => Path.Combine(_folder, "trained");

    private string Empty => Path.Combine(_folder, "empty");

    [TestInitialize]
    public void Create_project()
    {
        Directory.CreateDirectory(Project);
        File.WriteAllText(Path.Combine(Project, "My App.csproj"), "<Project />");
        WriteConfig();
    }

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void A_folder_is_a_feed()
    {
        string key = AddModel("Support", "model file");
        string feed = Path.Combine(_folder, "feed");

        string pushed = Run(0, "push", Project, "--cache", Trained, "--source", feed);
        Assert.Contains("My-App.EdgeModel.Support 1.0.0-h", pushed);
        string pulled = Run(0, "pull", Project, "--cache", Empty, "--source", feed);
        Assert.Contains("came from", pulled);

        string entry = Path.Combine(Empty, "models", key);
        Assert.IsTrue(ArtifactCache.IsComplete(entry));
        CollectionAssert.AreEquivalent(
            new[] { "Support.gguf", "Support.edge.json", "Support.NOTICE.txt", "edgebuild.lock.json", "done" },
            Directory.GetFiles(entry).Select(Path.GetFileName).ToArray());
        foreach (string file in Directory.GetFiles(entry).Where(file => Path.GetFileName(file) != "done"))
        {
            CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(Trained, "models", key, Path.GetFileName(file))), File.ReadAllBytes(file));
        }

        Assert.Contains("is in the cache", Run(0, "pull", Project, "--cache", Empty, "--source", feed));
        Assert.Contains("Support", Run(0, "cache", "list", "--cache", Empty));
    }

    [TestMethod]
    public async Task An_HTTP_feed_with_key_and_credentials_of_nuget_config_takes_and_gives()
    {
        AddModel("Support", "model file");
        AddModel("Sales", "another file");
        await using LoopbackFeed feed = await LoopbackFeed.StartAsync();
        feed.ApiKey = "key";
        feed.Credentials = "user:pass";
        WriteConfig(feed.Index, "pass");

        Run(0, "push", Project, "--cache", Trained, "--source", "team", "--api-key", "key");
        Assert.HasCount(2, feed.Packages);
        Run(0, "push", Project, "--cache", Trained, "--source", "team", "--api-key", "key");
        Run(0, "pull", Project, "--cache", Empty);
        Assert.HasCount(2, Directory.GetDirectories(Path.Combine(Empty, "models")));

        string refused = Run(1, "push", Project, "--cache", Trained, "--source", "team", "--api-key", "wrong");
        Assert.Contains($"error {ErrorCodes.FeedFailed}: The feed 'team' did not take", refused);
        Assert.DoesNotContain("wrong", refused);
        WriteConfig(feed.Index, "other");
        Directory.Delete(Empty, recursive: true);
        Assert.Contains($"error {ErrorCodes.FeedFailed}", Run(1, "pull", Project, "--cache", Empty));
    }

    [TestMethod]
    public async Task A_credential_provider_opens_a_feed_to_push_and_pull()
    {
        string key = AddModel("Support", "model file");
        await using LoopbackFeed feed = await LoopbackFeed.StartAsync();
        feed.ApiKey = "key";
        feed.Credentials = "user:pass";
        WriteConfig(feed.Index, password: null);

        // What another run has fetched with the right password would be answered from the HTTP cache.
        Dictionary<string, string> With(string password) => new(CommandLine.CredentialProvider(password)) { ["NUGET_HTTP_CACHE_PATH"] = Path.Combine(_folder, "http-" + password) };

        CommandLine.Run(0, With("pass"), "push", Project, "--cache", Trained, "--source", "team", "--api-key", "key");
        Assert.HasCount(1, feed.Packages);
        CommandLine.Run(0, With("pass"), "pull", Project, "--cache", Empty);
        Assert.IsTrue(ArtifactCache.IsComplete(Path.Combine(Empty, "models", key)));

        Directory.Delete(Empty, recursive: true);
        foreach (string[] command in (string[][])[["push", Project, "--cache", Trained, "--source", "team", "--api-key", "key"], ["pull", Project, "--cache", Empty]])
        {
            string refused = CommandLine.Run(1, With("incorrect"), command);
            Assert.Contains($"error {ErrorCodes.FeedFailed}", refused);
            Assert.DoesNotContain("incorrect", refused);
        }
    }

    [TestMethod]
    public async Task Rows_are_in_no_package()
    {
        AddModel("Support", "model file");
        await using LoopbackFeed feed = await LoopbackFeed.StartAsync();
        WriteConfig(feed.Index);
        Run(0, "push", Project, "--cache", Trained, "--source", "team");

        using var package = new ZipArchive(new MemoryStream(feed.Packages.Values.Single()));
        foreach (ZipArchiveEntry entry in package.Entries)
        {
            using var reader = new StreamReader(entry.Open());
            Assert.DoesNotContain(Row, await reader.ReadToEndAsync());
        }

        Assert.IsFalse(package.Entries.Any(entry => entry.Name.EndsWith(".html", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void An_adapter_travels_like_a_model()
    {
        string key = AddModel("Support", "plain model");
        string adapterKey = AddModel("Acme", "adapter file", adapterOf: "Support");
        string feed = Path.Combine(_folder, "feed");
        Assert.Contains("My-App.EdgeModel.Acme.lora 1.0.0-h", Run(0, "push", Project, "--cache", Trained, "--source", feed));
        Run(0, "pull", Project, "--cache", Empty, "--source", feed, "--model", "Acme");

        Assert.IsTrue(File.Exists(Path.Combine(Empty, "models", adapterKey, "Acme.lora.gguf")));
        Assert.IsFalse(Directory.Exists(Path.Combine(Empty, "models", key)));
        Assert.Contains("Deleted 1 entries", Run(0, "cache", "remove", "Acme", "--cache", Empty));
    }

    [TestMethod]
    public void A_package_with_another_model_than_the_lock_files_is_refused()
    {
        string key = AddModel("Support", "model file");
        string feed = Path.Combine(_folder, "feed");
        Run(0, "push", Project, "--cache", Trained, "--source", feed);
        string package = Directory.GetFiles(feed, "*.nupkg", SearchOption.AllDirectories).Single();
        using (ZipArchive archive = ZipFile.Open(package, ZipArchiveMode.Update))
        {
            archive.GetEntry("model/Support.gguf")!.Delete();
            using Stream stream = archive.CreateEntry("model/Support.gguf").Open();
            stream.Write("other file"u8);
        }

        Assert.Contains($"error {ErrorCodes.HashMismatch}", Run(1, "pull", Project, "--cache", Empty, "--source", feed));
        Assert.IsFalse(Directory.Exists(Path.Combine(Empty, "models", key)));
    }

    [TestMethod]
    public void A_manifest_of_a_newer_contract_says_what_to_do()
    {
        string key = AddModel("Support", "model file");
        string manifest = Path.Combine(Trained, "models", key, "Support.edge.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"contractVersion\": 1", "\"contractVersion\": 2", StringComparison.Ordinal));
        string feed = Path.Combine(_folder, "feed");
        Run(0, "push", Project, "--cache", Trained, "--source", feed);

        string output = Run(1, "pull", Project, "--cache", Empty, "--source", feed);
        Assert.Contains($"error {ErrorCodes.ArtifactInvalid}", output);
        Assert.Contains("Update the EdgeBuild package", output);
    }

    [TestMethod]
    public void What_cannot_be_done_is_one_error_with_the_next_step()
    {
        Assert.Contains("error EDGE0004: There is no lock file", Run(1, "push", Project, "--cache", Trained));
        string key = AddModel("Support", "model file");
        Assert.Contains("No feed is named", Run(1, "push", Project, "--cache", Trained));
        Assert.Contains("nuget.config has no feed 'teem'", Run(1, "push", Project, "--cache", Trained, "--source", "teem"));
        Assert.Contains("has no model or adapter 'Suport'", Run(1, "push", Project, "--cache", Trained, "--model", "Suport"));
        Assert.Contains("error EDGE0005: 'Support' of the lock file is not in the cache", Run(1, "push", Project, "--cache", Empty, "--source", _folder));
        Assert.Contains($"error {ErrorCodes.FeedFailed}", Run(1, "pull", Project, "--cache", Empty, "--source", _folder));
        Assert.Contains($"error {ErrorCodes.FeedFailed}", Run(1, "pull", Project, "--cache", Empty, "--source", "http://127.0.0.1:1/v3/index.json"));
        File.AppendAllText(Path.Combine(Trained, "models", key, "Support.gguf"), "x");
        Assert.Contains("error EDGE0005", Run(1, "push", Project, "--cache", Trained, "--source", _folder));
    }

    private static string Run(int expected, params string[] arguments) => CommandLine.Run(expected, arguments);

    private void WriteConfig(string? feed = null, string? password = "pass") => File.WriteAllText(
        Path.Combine(Project, "nuget.config"),
        $"""
        <configuration>
          <packageSources>
            <clear />
            {(feed is null ? string.Empty : $"<add key=\"team\" value=\"{feed}\" allowInsecureConnections=\"true\" />")}
          </packageSources>
          {(password is null ? string.Empty : $"<packageSourceCredentials><team><add key=\"Username\" value=\"user\" /><add key=\"ClearTextPassword\" value=\"{password}\" /></team></packageSourceCredentials>")}
        </configuration>
        """);

    /// <summary>Adds a model or adapter to the cache and to the lock file, as a training leaves it.</summary>
    private string AddModel(string name, string content, string adapterOf = "")
    {
        string key = ContentKey.OfText("key of " + name);
        string entry = Directory.CreateDirectory(Path.Combine(Trained, "models", key)).FullName;
        var fragment = new LockFile();
        AddTo(fragment);
        string stem = adapterOf.Length > 0 ? ArtifactFiles.AdapterStem(name) : name;
        File.WriteAllText(Path.Combine(entry, stem + ".gguf"), content);
        new EdgeManifest { Model = name, Files = [] }.Save(Path.Combine(entry, stem + ".edge.json"));
        File.WriteAllText(Path.Combine(entry, stem + ".NOTICE.txt"), "notice");
        File.WriteAllText(Path.Combine(entry, "report.html"), Row);
        File.WriteAllText(Path.Combine(entry, LockFile.FileName), fragment.ToText());
        File.WriteAllText(Path.Combine(entry, ArtifactCache.DoneFileName), string.Empty);

        string lockPath = Path.Combine(Project, LockFile.FileName);
        LockFile all = File.Exists(lockPath) ? LockFile.Parse(lockPath, File.ReadAllText(lockPath)) : new LockFile();
        AddTo(all);
        File.WriteAllText(lockPath, all.ToText());
        return key;

        void AddTo(LockFile file)
        {
            string adapterKey = ContentKey.OfText(name);
            if (adapterOf.Length > 0)
            {
                file.Adapters[name] = new LockedAdapter { Model = adapterOf, ModelKey = key, AdapterKey = adapterKey, Sha256 = ContentKey.OfText(content) };
                return;
            }

            file.Models[name] = new LockedModel
            {
                ModelKey = key,
                AdapterKey = adapterKey,
                Sha256 = ContentKey.OfText(content),
                Quantization = "Q8_0",
                Base = "tiny",
                BaseSha256 = "b",
                License = "MIT",
            };
        }
    }
}
