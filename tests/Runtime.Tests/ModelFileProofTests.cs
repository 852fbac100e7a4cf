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
    public void A_folder_that_cannot_be_written_is_no_error()
    {
        string model = Path.Combine(_directory, "m.gguf");
        File.WriteAllText(model, "one");
        var proofs = new ModelFileProof(Path.Combine(model, "below-a-file"));

        proofs.Remember(model, new string('a', 64));
        Assert.IsFalse(proofs.Exists(model, new string('a', 64)));
    }
}
