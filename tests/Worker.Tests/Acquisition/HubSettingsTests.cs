using EdgeBuild.Worker.Acquisition;

namespace EdgeBuild.Worker.Tests.Acquisition;

[TestClass]
public sealed class HubSettingsTests
{
    private readonly string _home = Directory.CreateTempSubdirectory("edgebuild-home-").FullName;

    [TestCleanup]
    public void RemoveHome() => Directory.Delete(_home, recursive: true);

    [TestMethod]
    public void Without_variables_everything_is_where_the_hubs_own_tools_keep_it()
    {
        Directory.CreateDirectory(Path.Combine(_home, ".cache", "huggingface"));
        File.WriteAllText(Path.Combine(_home, ".cache", "huggingface", "token"), "secret\n");
        HubSettings settings = Read();

        Assert.AreEqual(Path.Combine(_home, ".cache", "huggingface", "hub"), settings.CacheDirectory);
        Assert.AreEqual("secret", settings.Token);
        Assert.IsFalse(settings.Offline);
    }

    [TestMethod]
    [DataRow("cache", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME")]
    [DataRow("cache", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME")]
    [DataRow("cache/hub", "HF_HOME", "XDG_CACHE_HOME")]
    [DataRow("cache/huggingface/hub", "XDG_CACHE_HOME")]
    public void The_cache_is_taken_from_the_first_variable_that_is_set(string expected, string first, params string[] others)
    {
        HubSettings settings = Read([(first, Path.Combine(_home, "cache")), .. others.Select(other => (other, Path.Combine(_home, "other")))]);

        Assert.AreEqual(Path.Combine(_home, expected.Replace('/', Path.DirectorySeparatorChar)), settings.CacheDirectory);
    }

    [TestMethod]
    public void Endpoint_token_and_offline_are_taken_from_their_variables()
    {
        HubSettings settings = Read(("HF_ENDPOINT", "http://127.0.0.1:1234/"), ("HF_TOKEN", " token "), ("HF_HUB_OFFLINE", "yes"));

        Assert.AreEqual(("http://127.0.0.1:1234/", "token", true), (settings.Endpoint.ToString(), settings.Token, settings.Offline));
    }

    private HubSettings Read(params (string Name, string Value)[] variables) =>
        HubSettings.Read(name => variables.FirstOrDefault(variable => variable.Name == name).Value, _home);
}
