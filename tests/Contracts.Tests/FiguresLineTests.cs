namespace EdgeBuild.Contracts.Tests;

[TestClass]
public sealed class FiguresLineTests
{
    [TestMethod]
    public void All_outputs_are_in_one_line() => Assert.AreEqual(
        "triage/category 90.3 % right (untuned base 10.9 %), triage/answer chrF 0.612 (0.300) on 128 to 538 test rows",
        FiguresLine.Of([new("triage/category", 0.903, 0.109, 538), new("triage/answer", 0.612, 0.3, 128, IsText: true)]));

    [TestMethod]
    public void Of_many_outputs_the_worst_are_named() => Assert.AreEqual(
        "p/5 50.0 % right (untuned base 0.0 %), p/6 60.0 % right (0.0 %), p/7 70.0 % right (0.0 %), p/8 80.0 % right (0.0 %), 1 more above that on 10 test rows",
        FiguresLine.Of([.. new[] { 9, 7, 5, 6, 8 }.Select(number => new ModelFigure($"p/{number}", number / 10.0, 0, 10))]));

    [TestMethod]
    public void Without_figures_there_is_no_line() => Assert.IsNull(FiguresLine.Of(new Locking.LockFile()));

    [TestMethod]
    [DataRow("@headline Support: report file:///x", "Support: report file:///x")]
    [DataRow("@headlines", null)]
    [DataRow("Support: a detail", null)]
    public void A_headline_is_told_from_other_messages(string line, string? text)
    {
        Assert.AreEqual(text, WorkerHeadline.Parse(line));
        Assert.AreEqual("text", WorkerHeadline.Parse(WorkerHeadline.ToLine("text")));
    }
}
