namespace EdgeBuild.LlamaCpp.Tests;

[TestClass]
public sealed class FileHashTests
{
    [TestMethod]
    public void Hashes_are_those_of_the_standard()
    {
        // FIPS 180-4: SHA-256 of the empty message and of "abc".
        using var folder = new TemporaryFolder();
        string path = folder.File("file");
        File.WriteAllText(path, string.Empty);
        Assert.AreEqual("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", FileHash.Sha256(path));
        File.WriteAllText(path, "abc");
        Assert.AreEqual("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", FileHash.Sha256(path));
    }

    [TestMethod]
    public void A_large_file_is_hashed_whole_and_can_be_cancelled()
    {
        string expected = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(RepositoryFiles.Model)));

        Assert.AreEqual(expected, FileHash.Sha256(RepositoryFiles.Model));
        Assert.ThrowsExactly<OperationCanceledException>(() => FileHash.Sha256(RepositoryFiles.Model, new CancellationToken(canceled: true)));
    }
}
