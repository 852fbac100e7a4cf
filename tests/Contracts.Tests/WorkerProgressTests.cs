namespace EdgeBuild.Contracts.Tests;

[TestClass]
public sealed class WorkerProgressTests
{
    [TestMethod]
    public void A_line_reads_back()
    {
        var progress = new WorkerProgress(41.5, 70, "training, epoch 2 of 3");
        Assert.IsTrue(WorkerProgress.TryParse(progress.ToString(), out WorkerProgress? read));
        Assert.AreEqual(progress, read);
        Assert.AreEqual(" 42 % training, epoch 2 of 3 (1 min 10 s left)", read!.ToDisplayText());
    }

    [TestMethod]
    public void Unknown_time_is_left_out()
    {
        Assert.IsTrue(WorkerProgress.TryParse(new WorkerProgress(3, null, "loading").ToString(), out WorkerProgress? read));
        Assert.AreEqual("  3 % loading", read!.ToDisplayText());
    }

    [TestMethod]
    [DataRow("progress")]
    [DataRow("@progress")]
    [DataRow("@progress x y z")]
    public void Other_lines_are_not_progress(string line) => Assert.IsFalse(WorkerProgress.TryParse(line, out _));
}
