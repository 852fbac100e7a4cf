using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Package.Tests;

/// <summary>One app for two customers, who call the same things by each other's names.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class CustomerTests
{
    private const string Adapters = """
        <EdgeAdapter Include="acme" Model="Support" LearningRate="0.01" Epochs="8" />
        <EdgeAdapter Include="globex" Model="Support" LearningRate="0.01" Epochs="8" />
        <EdgeDataset Include="data/acme.jsonl" Prompt="triage" Adapter="acme" />
        <EdgeDataset Include="data/globex.jsonl" Prompt="triage" Adapter="globex" />
        """;

    private const string Program = """
        using App;

        using var triage = new Triage();
        foreach (string? customer in new[] { "acme", "globex", null })
        {
            TriageResult result = await triage.RunAsync(args[0], new TriageOptions { Adapter = customer });
            Console.WriteLine($"{customer ?? "nobody"}: {result.Category}");
        }

        try
        {
            await triage.RunAsync(args[0], new TriageOptions { Adapter = "initech" });
        }
        catch (Exception exception)
        {
            Console.WriteLine(exception.Message);
        }

        """;

    [TestMethod]
    public void Each_customer_is_answered_by_its_own_adapter_on_one_base()
    {
        var app = new UserApp(SharedFeed.Feed, "customers", items: Adapters);
        app.Write("Program.cs", Program);
        app.Write("data/acme.jsonl", Rows("Billing", "Access"));
        app.Write("data/globex.jsonl", Rows("Access", "Billing"));

        string output = app.Dotnet("run", "--", "rrr rrr 5").Succeeded().Output;

        Assert.Contains("acme: Billing", output);
        Assert.Contains("globex: Access", output);
        Assert.Contains("nobody: ", output);
        Assert.Contains("The model has no adapter 'initech'. It has: Support, acme, globex.", output);
        CollectionAssert.AreEqual(
            new[] { "Support.NOTICE.txt", "Support.edge.json", "Support.gguf", "Support.lora.gguf", "acme.lora.gguf", "globex.lora.gguf" },
            app.FilesOf("bin/Debug/net10.0/edge"));
        CollectionAssert.AreEqual(File.ReadAllBytes(app.PathOf("base.gguf")), File.ReadAllBytes(app.ShippedModel));
        var lockFile = LockFile.Parse(app.LockFile, File.ReadAllText(app.LockFile));
        Assert.IsGreaterThanOrEqualTo(0.9, lockFile.Metrics["acme:triage/category"].Accuracy);
        Assert.IsGreaterThanOrEqualTo(0.9, lockFile.Metrics["globex:triage/category"].Accuracy);

        // Rows of one customer are nobody else's work.
        string globex = lockFile.Adapters["globex"].ModelKey;
        app.Write("data/acme.jsonl", Rows("Billing", "Access") + "{\"ticket\": \"rrr rrr again\", \"category\": \"Billing\"}\n");
        app.Dotnet("build", "-nologo", "--no-restore").Succeeded();
        Assert.AreEqual(globex, LockFile.Parse(app.LockFile, File.ReadAllText(app.LockFile)).Adapters["globex"].ModelKey);
        app.Dotnet("build", "-nologo", "--no-restore", "-v:d").WithoutWork();
    }

    private static string Rows(string red, string blue) => string.Concat(Enumerable.Range(0, 80).Select(row =>
        $"{{\"ticket\": \"{(row % 2 == 0 ? "rrr rrr" : "bbb bbb")} {row}\", \"category\": \"{(row % 2 == 0 ? red : blue)}\"}}\n"));
}
