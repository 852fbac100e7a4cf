using System.Text;

using EdgeBuild.Contracts;

namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class EdgeManifestTests
{
    [TestMethod]
    public void What_is_written_is_read_again()
    {
        EdgeManifest manifest = Example();
        EdgeManifest read = EdgeManifest.Parse(manifest.ToUtf8Json());

        Assert.AreEqual("Support", read.Model);
        Assert.AreEqual(manifest.Files[0].Sha256, read.Files[0].Sha256);
        Assert.AreEqual(123L, read.Files[0].Size);
        Assert.AreEqual("Apache-2.0", read.Base!.License);
        Assert.AreEqual("chatml", read.ChatFormat);
        EdgeManifestPrompt prompt = read.FindPrompt("triage")!;
        CollectionAssert.AreEqual(new[] { "Billing", "Größe \"x\"" }, prompt.Labels["category"].ToArray());
        Assert.AreEqual(1.25, prompt.Temperatures["category"]);
        Assert.AreEqual(0.93, read.Metrics[0].Values["accuracy"]);
        Assert.AreEqual("abc", read.Provenance["adapterKey"]);
        CollectionAssert.AreEqual(manifest.ToUtf8Json(), read.ToUtf8Json());
    }

    [TestMethod]
    public void Saving_replaces_the_file_and_leaves_nothing_else_behind()
    {
        string directory = Directory.CreateTempSubdirectory("edge-manifest").FullName;
        try
        {
            string path = EdgeManifest.PathFor(Path.Combine(directory, "Support.gguf"));
            Assert.AreEqual("Support.edge.json", Path.GetFileName(path));
            File.WriteAllText(path, "old");
            Example().Save(path);

            Assert.AreEqual("Support", EdgeManifest.Load(path).Model);
            Assert.HasCount(1, Directory.GetFiles(directory));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [TestMethod]
    [DataRow("""{"contractVersion": 2, "model": "Support", "files": 7}""", "newer EdgeBuild")]
    [DataRow("""{"contractVersion": 0}""", "older EdgeBuild")]
    [DataRow("""{"model": "Support"}""", "no contractVersion")]
    [DataRow("""[1]""", "no contractVersion")]
    [DataRow("""{"contractVersion": 1, "model": """, "damaged")]
    [DataRow("""{"contractVersion": 1}""", "damaged")]
    [DataRow("""{"contractVersion": 1, "model": null}""", "damaged")]
    public void A_manifest_that_cannot_be_used_is_refused_with_what_to_do(string json, string part)
    {
        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() => EdgeManifest.Parse(Encoding.UTF8.GetBytes(json), "edge/Support.edge.json"));

        Assert.AreEqual(ErrorCodes.ArtifactInvalid, exception.Code);
        Assert.AreEqual("edge/Support.edge.json", exception.Path);
        Assert.Contains(part, exception.Message);
        Assert.Contains("uild", exception.Message);
    }

    [TestMethod]
    public void A_missing_manifest_is_told()
    {
        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() => EdgeManifest.Load("no-such-folder/Support.edge.json"));

        Assert.AreEqual(ErrorCodes.ArtifactInvalid, exception.Code);
        Assert.Contains("missing", exception.Message);
    }

    private static EdgeManifest Example() => new()
    {
        Model = "Support",
        Files = [new EdgeManifestFile { Name = "Support.gguf", Sha256 = new string('a', 64), Size = 123 }],
        Base = new EdgeManifestBase { Name = "smollm2", Sha256 = new string('b', 64), License = "Apache-2.0" },
        ChatFormat = "chatml",
        ContextLength = 8192,
        LlamaCpp = "v0.4.0",
        Prompts =
        [
            new EdgeManifestPrompt
            {
                Name = "triage",
                Hash = new string('c', 64),
                Labels = new Dictionary<string, IReadOnlyList<string>> { ["category"] = ["Billing", "Größe \"x\""] },
                Temperatures = new Dictionary<string, double> { ["category"] = 1.25 },
            },
        ],
        Metrics = [new EdgeManifestMetric { Prompt = "triage", Output = "category", Rows = 420, Values = new Dictionary<string, double> { ["accuracy"] = 0.93 } }],
        Provenance = new Dictionary<string, string> { ["adapterKey"] = "abc" },
    };
}
