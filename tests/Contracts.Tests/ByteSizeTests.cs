namespace EdgeBuild.Contracts.Tests;

[TestClass]
public sealed class ByteSizeTests
{
    [TestMethod]
    [DataRow("20GB", 20_000_000_000)]
    [DataRow(" 1.5 gb ", 1_500_000_000)]
    [DataRow("500MB", 500_000_000)]
    [DataRow("2", 2_000_000_000)]
    [DataRow("12 B", 12)]
    [DataRow("0", 0)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.IsTrue(ByteSize.TryParse(text, out long actual));
        Assert.AreEqual(bytes, actual);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("GB")]
    [DataRow("-1GB")]
    [DataRow("much")]
    [DataRow("1e9")]
    [DataRow("99999999999TB")]
    [DataRow("1,5GB")]
    public void Other_texts_are_none(string text) => Assert.IsFalse(ByteSize.TryParse(text, out _));

    [TestMethod]
    [DataRow(0, "0 B")]
    [DataRow(999, "999 B")]
    [DataRow(1_500, "1.5 KB")]
    [DataRow(143_000_000, "143.0 MB")]
    [DataRow(2_000_000_000_000, "2.0 TB")]
    public void Sizes_are_written_with_the_unit_that_fits(long bytes, string text) => Assert.AreEqual(text, ByteSize.Format(bytes));
}
