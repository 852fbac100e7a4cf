namespace EdgeBuild.Contracts.Tests;

[TestClass]
public sealed class ContentKeyTests
{
    [TestMethod]
    public void Text_hash_is_sha256_of_utf8() =>
        Assert.AreEqual("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", ContentKey.OfText("abc"));

    [TestMethod]
    public void Parts_cannot_run_into_each_other()
    {
        using var first = new ContentKey();
        using var second = new ContentKey();
        Assert.AreNotEqual(first.Add("ab", "c").Finish(), second.Add("a", "bc").Finish());
    }

    [TestMethod]
    public void Equal_parts_give_equal_keys()
    {
        using var first = new ContentKey();
        using var second = new ContentKey();
        Assert.AreEqual(first.Add("rank", "16").Finish(), second.Add("rank", "16").Finish());
    }
}
