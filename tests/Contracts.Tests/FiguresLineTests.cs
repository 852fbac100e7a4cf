using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Contracts.Tests;

[TestClass]
public sealed class FiguresLineTests
{
    [TestMethod]
    public void All_outputs_are_in_one_line_and_free_text_by_its_overlap() => Assert.AreEqual(
        "triage/answer ROUGE-L 0.415, chrF 0.440 (untuned base 0.113, 0.172), triage/category 90.3 % right (10.9 %) on 128 to 538 test rows",
        FiguresLine.Of(Of(
            ("triage/category", new LockedMetric { Accuracy = 0.903, BaseAccuracy = 0.109, Rows = 538, RowsHash = "r" }),
            ("triage/answer", new LockedMetric { Accuracy = 0, RougeL = 0.415, Chrf = 0.44, BaseAccuracy = 0, BaseRougeL = 0.113, BaseChrf = 0.172, Rows = 128, RowsHash = "r" }))));

    [TestMethod]
    public void What_an_older_lock_file_does_not_say_is_left_out() => Assert.AreEqual(
        "triage/answer ROUGE-L 0.415, chrF 0.440 on 128 test rows",
        FiguresLine.Of(Of(("acme:triage/answer", new LockedMetric { Accuracy = 0, RougeL = 0.415, Chrf = 0.44, BaseAccuracy = 0, Rows = 128, RowsHash = "r" }))));

    [TestMethod]
    public void Of_many_outputs_the_worst_are_named() => Assert.AreEqual(
        "p/5 50.0 % right (untuned base 0.0 %), p/6 60.0 % right (0.0 %), p/7 70.0 % right (0.0 %), p/8 80.0 % right (0.0 %), 1 more above that on 10 test rows",
        FiguresLine.Of(Of([.. new[] { 9, 7, 5, 6, 8 }.Select(number => ($"p/{number}", new LockedMetric { Accuracy = number / 10.0, BaseAccuracy = 0, Rows = 10, RowsHash = "r" }))])));

    [TestMethod]
    public void Without_figures_there_is_no_line() => Assert.IsNull(FiguresLine.Of(new LockFile()));

    [TestMethod]
    [DataRow("@headline Support: report file:///x", "Support: report file:///x")]
    [DataRow("@headlines", null)]
    [DataRow("Support: a detail", null)]
    public void A_headline_is_told_from_other_messages(string line, string? text)
    {
        Assert.AreEqual(text, WorkerHeadline.Parse(line));
        Assert.AreEqual("text", WorkerHeadline.Parse(WorkerHeadline.ToLine("text")));
    }

    private static LockFile Of(params (string Key, LockedMetric Metric)[] metrics)
    {
        var file = new LockFile();
        foreach ((string key, LockedMetric metric) in metrics)
        {
            file.Metrics[key] = metric;
        }

        return file;
    }
}
