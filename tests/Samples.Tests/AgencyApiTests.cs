using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Tests.Shared;

namespace EdgeBuild.Samples.Tests;

/// <summary>The web API of samples/Agency as a process of its own, with the adapters that a build of this clone has trained.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class AgencyApiTests
{
    private static readonly TimeSpan _longestRun = TimeSpan.FromMinutes(5);

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task The_shop_of_the_address_chooses_the_adapter_and_mistakes_are_told()
    {
        Sample agency = Sample.Named("Agency");
        string? manifest = !Directory.Exists(Path.Combine(agency.Folder, "bin")) ? null
            : Directory.GetFiles(Path.Combine(agency.Folder, "bin"), "Desk" + ArtifactFiles.ManifestSuffix, SearchOption.AllDirectories)
                .OrderByDescending(File.GetLastWriteTimeUtc).FirstOrDefault(path => File.Exists(App(path)));
        if (manifest is null)
        {
            Assert.Inconclusive("samples/Agency has no models: run it, which trains them, and run again.");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        limit.CancelAfter(_longestRun);
        await using ServerProcess server = await ServerProcess.StartAsync(App(manifest), Path.GetTempPath(), ["--serve"], limit.Token);
        using var http = new HttpClient { BaseAddress = new Uri(server.Address) };
        Assert.AreEqual("Healthy", await http.GetStringAsync(new Uri("/health", UriKind.Relative), limit.Token));

        // What stands in the test rows of several shops with other departments is answered as each shop wants it, from many callers at once.
        (string Shop, SampleRow Row)[] rows = [.. agency.Tasks.SelectMany(task => task.Test.Select(row => (task.Adapter, row)))];
        JsonElement[] answers = await Task.WhenAll(rows.Select(async entry =>
        {
            using HttpResponseMessage response = await PostAsync(http, entry.Shop, new { text = entry.Row.Inputs["message"] }, limit.Token);
            Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
            return await response.Content.ReadFromJsonAsync<JsonElement>(limit.Token);
        }));
        foreach (IGrouping<string, bool> shop in rows.Zip(answers, (entry, answer) => (entry.Shop, Right: Department(answer) == entry.Row.Outputs["department"])).GroupBy(entry => entry.Shop, entry => entry.Right))
        {
            double right = shop.Count(answer => answer) / (double)shop.Count();
            TestContext.WriteLine($"{shop.Key}: {right:P1} of {shop.Count()}");
            LockedMetric measured = agency.LockFile!.Metrics[LockFile.MetricKey(shop.Key, "dispatch", "department")];

            // Calls of other sizes add up in another order, so a row on the edge may fall to the other side.
            Assert.AreEqual(measured.Accuracy, right, 1.5 / measured.Rows, shop.Key);
        }

        string[] departments = [.. rows.Zip(answers).Where(pair => pair.First.Row.Inputs["message"] == SharedMessage(rows)).Select(pair => Department(pair.Second)).Distinct()];
        Assert.IsGreaterThanOrEqualTo(2, departments.Length, "One message at several shops has gone to the same department everywhere.");

        using HttpResponseMessage unknown = await PostAsync(http, "initech", new { text = "Hello?" }, limit.Token);
        Assert.AreEqual(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.AreEqual("application/problem+json", unknown.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("harbor", await unknown.Content.ReadAsStringAsync(limit.Token), "No client learns of another one.");
        using HttpResponseMessage empty = await PostAsync(http, "harbor", new { text = " " }, limit.Token);
        Assert.AreEqual(HttpStatusCode.BadRequest, empty.StatusCode);
        using HttpResponseMessage broken = await PostAsync(http, "harbor", new[] { 1 }, limit.Token);
        Assert.AreEqual(HttpStatusCode.BadRequest, broken.StatusCode);
    }

    private static string App(string manifest) => Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(manifest)!)!, "Agency.dll");

    private static string Department(JsonElement answer) => answer.GetProperty("department").GetString()!;

    private static string SharedMessage((string Shop, SampleRow Row)[] rows) => rows
        .GroupBy(entry => entry.Row.Inputs["message"])
        .First(group => group.Select(entry => entry.Row.Outputs["department"]).Distinct().Count() > 1).Key;

    private static Task<HttpResponseMessage> PostAsync(HttpClient http, string shop, object body, CancellationToken cancellationToken) =>
        http.PostAsJsonAsync(new Uri($"/shops/{shop}/messages", UriKind.Relative), body, cancellationToken);
}
