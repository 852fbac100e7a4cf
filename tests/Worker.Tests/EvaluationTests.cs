using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Tests;

[TestClass]
public sealed class EvaluationTests
{
    [TestMethod]
    public void Confusion_counts_give_the_textbook_figures()
    {
        var confusion = new ConfusionMatrix(["a", "b", "c"]);
        foreach ((string expected, string predicted, int times) in new[] { ("a", "a", 8), ("a", "b", 2), ("b", "b", 5), ("c", "a", 1), ("c", "c", 4) })
        {
            for (int i = 0; i < times; i++)
            {
                confusion.Add(expected, predicted);
            }
        }

        Assert.AreEqual(17.0 / 20, confusion.Accuracy, 1e-12);
        Assert.AreEqual(8.0 / 9, confusion.Precision(0), 1e-12);
        Assert.AreEqual(0.8, confusion.Recall(0), 1e-12);
        Assert.AreEqual(((16.0 / 19) + (10.0 / 12) + (8.0 / 9)) / 3, confusion.MacroF1, 1e-12);
    }

    [TestMethod]
    public void Labels_that_never_occur_do_not_lower_macro_f1()
    {
        var confusion = new ConfusionMatrix(["a", "never"]);
        confusion.Add("a", "a");
        Assert.AreEqual(1, confusion.MacroF1);
    }

    [TestMethod]
    public void Wilson_interval_matches_published_values()
    {
        // Newcombe (1998), table I, method 3: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611.
        WilsonInterval interval = WilsonInterval.Of(81, 263);
        Assert.AreEqual(0.2553, interval.Low, 5e-5);
        Assert.AreEqual(0.3662, interval.High, 5e-5);
        Assert.AreEqual(0.1611, WilsonInterval.Of(0, 20).High, 5e-5);
    }

    [TestMethod]
    public void Calibration_error_is_the_weighted_gap_of_the_bins()
    {
        (double, bool)[] answers = [(0.95, true), (0.95, false), (0.55, true), (0.55, true)];
        Assert.AreEqual((0.5 * 0.45) + (0.5 * 0.45), CalibrationError.Of(answers), 1e-12);
        Assert.AreEqual(0, CalibrationError.Of([(1.0, true)]), 1e-12);
    }
}
