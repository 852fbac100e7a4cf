namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class ModelFileProofTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edge-proof").FullName;

    [TestCleanup]
    public void Remove() => Directory.Delete(_directory, recursive: true);

    [TestMethod]
    public void A_proof_holds_until_the_file_changes()
    {
        string model = Path.Combine(_directory, "m.gguf");
        File.WriteAllText(model, "one");
        string hash = new('a', 64);
        var proofs = new ModelFileProof(Path.Combine(_directory, "proofs"));
        Assert.IsFalse(proofs.Exists(model, hash));

        proofs.Remember(model, hash);
        Assert.IsTrue(proofs.Exists(model, hash));
        Assert.IsFalse(proofs.Exists(model, new string('b', 64)));

        File.SetLastWriteTimeUtc(model, File.GetLastWriteTimeUtc(model).AddSeconds(1));
        Assert.IsFalse(proofs.Exists(model, hash));
    }

    [TestMethod]
    public void A_proof_of_a_symbolic_link_is_that_of_the_file_behind_it()
    {
        string model = Path.Combine(_directory, "m.gguf");
        File.WriteAllText(model, "one");
        string link = Link(model);
        string hash = new('a', 64);
        var proofs = new ModelFileProof(Path.Combine(_directory, "proofs"));
        proofs.Remember(link, hash);
        Assert.IsTrue(proofs.Exists(link, hash));

        File.WriteAllText(model, "another one");
        Assert.IsFalse(proofs.Exists(link, hash));
    }

    [TestMethod]
    public async Task A_model_behind_symbolic_links_is_verified_and_answers()
    {
        string link = Link(TestModel.TinySmolLM2);
        PromptDefinition definition = TestModel.Define(TestModel.TriageSource);
        using EdgePromptClient client = EdgePromptClient.Open(definition, new EdgeClientOptions
        {
            Threads = 1,
            ModelPath = Link(link),
            Manifest = TestModel.Manifest(definition, TestModel.TinySmolLM2),
            Proofs = new ModelFileProof(null),
        });
        Assert.HasCount(2, (await client.PredictAsync(["Where is my invoice?"])).Fields);
    }

    [TestMethod]
    public void A_folder_that_cannot_be_written_is_no_error()
    {
        string model = Path.Combine(_directory, "m.gguf");
        File.WriteAllText(model, "one");
        var proofs = new ModelFileProof(Path.Combine(model, "below-a-file"));

        proofs.Remember(model, new string('a', 64));
        Assert.IsFalse(proofs.Exists(model, new string('a', 64)));
    }

    private string Link(string target)
    {
        string link = Path.Combine(_directory, Guid.NewGuid().ToString("N") + ".gguf");
        File.CreateSymbolicLink(link, target);
        return link;
    }
}
