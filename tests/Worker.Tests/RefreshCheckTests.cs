using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Tests;

[TestClass]
public sealed class RefreshCheckTests
{
    [TestMethod]
    [DataRow(0.5, 0.504, true)]
    [DataRow(0.5, 0.51, false)]
    [DataRow(0.5, 0.1, true)]
    [DataRow(0.01, 0.0109, true)]
    [DataRow(0.01, 0.012, false)]
    [DataRow(0.5, double.NaN, false)]
    public void A_loss_that_rises_in_every_row_alike_is_no_chance(double before, double after, bool accepted) =>
        Assert.AreEqual(accepted, RefreshCheck.IsAsGood(Enumerable.Repeat(before, 50).ToArray(), Enumerable.Repeat(after, 50).ToArray()));

    [TestMethod]
    public void A_mean_that_is_worse_by_chance_is_accepted()
    {
        // Half of the rows gain 0.2, half lose 0.23: 3 % more in the mean, within the noise of 40 rows.
        double[] before = [.. Enumerable.Repeat(0.5, 40)];
        double[] after = [.. Enumerable.Range(0, 40).Select(row => row % 2 == 0 ? 0.3 : 0.73)];

        Assert.IsTrue(RefreshCheck.IsAsGood(before, after));
    }

    [TestMethod]
    public void The_same_differences_on_many_rows_are_no_chance()
    {
        double[] before = [.. Enumerable.Repeat(0.5, 4000)];
        double[] after = [.. Enumerable.Range(0, 4000).Select(row => row % 2 == 0 ? 0.3 : 0.73)];

        Assert.IsFalse(RefreshCheck.IsAsGood(before, after));
    }

    [TestMethod]
    public void A_large_loss_is_not_accepted_however_few_rows_there_are() =>
        Assert.IsFalse(RefreshCheck.IsAsGood([0.5, 0.5, 0.5], [0.1, 0.5, 1.1]));
}
