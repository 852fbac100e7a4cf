using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Tests;

[TestClass]
public sealed class LabelWordsTests
{
    [TestMethod]
    [DataRow("card_arrival", " card arrival")]
    [DataRow("CardArrival", " card arrival")]
    [DataRow("How to", " how to")]
    [DataRow("ATM_support", " ATM support")]
    [DataRow("reverted-card payment?", " reverted card payment")]
    [DataRow("card about to expire", " card about to expire")]
    [DataRow("don't know", " don't know")]
    [DataRow("B", " b")]
    [DataRow("Ärger", " ärger")]
    [DataRow("v2", " v2")]
    [DataRow("+/-", " +/-")]
    public void Identifiers_are_read_as_words(string label, string words) => Assert.AreEqual(words, LabelWords.Of(label));
}
