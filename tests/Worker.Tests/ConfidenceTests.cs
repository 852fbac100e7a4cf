using EdgeBuild.Runtime;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Tests;

/// <summary>Temperature, thresholds and familiarity, on drawn data whose truth is known.</summary>
[TestClass]
public sealed class ConfidenceTests
{
    private static readonly string[] _labels = ["a", "b", "c"];

    [TestMethod]
    [DataRow(0.6)]
    [DataRow(1.0)]
    [DataRow(2.5)]
    public void The_temperature_that_the_labels_were_drawn_with_is_found(double truth)
    {
        LabelledOutcome[] outcomes = Draw(3000, truth);
        double found = TemperatureFit.Of(outcomes);
        Assert.AreEqual(truth, found, 0.1 * truth);

        // No other temperature makes the rows more likely.
        foreach (double other in new[] { found * 0.9, found * 1.1 })
        {
            Assert.IsLessThan(outcomes.Sum(outcome => outcome.Loss(other)), outcomes.Sum(outcome => outcome.Loss(found)));
        }
    }

    [TestMethod]
    public void A_few_right_answers_do_not_make_the_model_sure()
    {
        LabelledOutcome[] outcomes = [.. Enumerable.Repeat(new LabelledOutcome([Math.Log(0.7), Math.Log(0.2), Math.Log(0.1)], 0), 5)];
        double temperature = TemperatureFit.Of(outcomes);
        Assert.IsTrue(temperature is > 0.5 and < 1, $"{temperature}");
        Assert.AreEqual(1, TemperatureFit.Of([]), 1e-3);
    }

    [TestMethod]
    public void Thresholds_hold_their_precision_on_other_rows_and_lose_no_more_answers_than_they_must()
    {
        MeasuredAnswer[] validation = Answer(Draw(2000, 1.5, seed: 1), 1.5);
        MeasuredAnswer[] test = Answer(Draw(20_000, 1.5, seed: 2), 1.5);
        IReadOnlyList<EdgeManifestPrecision> levels = ConfidenceLevels.Find(_labels, validation, test);
        CollectionAssert.AreEqual(levels.Select(level => level.Precision).Order().ToArray(), levels.Select(level => level.Precision).ToArray());
        foreach (EdgeManifestPrecision level in levels)
        {
            Assert.IsGreaterThanOrEqualTo(level.Precision - 0.02, level.Measured, $"{level.Precision}");
        }

        EdgeManifestPrecision strict = levels.Single(level => level.Precision == 0.95);
        EdgeManifestPrecision loose = levels.Single(level => level.Precision == 0.8);
        Assert.IsLessThan(loose.Coverage, strict.Coverage);

        // What can be had at most: the surest answers whose mean probability is the precision.
        double[] surest = [.. test.Select(answer => answer.Confidence).OrderDescending()];
        double sum = 0;
        int most = surest.TakeWhile((confidence, index) => (sum += confidence) / (index + 1) >= 0.95).Count();
        Assert.AreEqual((double)most / test.Length, strict.Coverage, 0.06);
    }

    [TestMethod]
    public void A_label_that_is_wrong_when_sure_needs_more_than_one_that_is_right()
    {
        MeasuredAnswer[] validation =
        [
            .. Enumerable.Range(0, 40).Select(row => new MeasuredAnswer("a", 0.8 + (row * 0.004), Right: true, IsUnfamiliar: false)),
            .. Enumerable.Range(0, 40).Select(row => new MeasuredAnswer("b", 0.8 + (row * 0.004), Right: row % 2 == 0, IsUnfamiliar: false)),
        ];
        EdgeManifestPrecision level = ConfidenceLevels.Find(_labels, validation, []).Single(entry => entry.Precision == 0.95);

        Assert.AreEqual(0.8, level.Thresholds["a"], 1e-9);
        Assert.IsGreaterThan(0.956, level.Thresholds["b"], "above all that were measured");
        Assert.AreEqual(0.95, level.Thresholds["c"], "of a label without rows the probability is taken at its word");
        Assert.AreEqual(0, level.Coverage);
    }

    [TestMethod]
    public void Unfamiliar_rows_are_never_covered()
    {
        MeasuredAnswer sure = new("a", 0.999, Right: true, IsUnfamiliar: false);
        IReadOnlyList<EdgeManifestPrecision> levels = ConfidenceLevels.Find(_labels, [sure], [sure, sure with { IsUnfamiliar = true }]);
        Assert.AreEqual(0.5, levels[0].Coverage);
    }

    [TestMethod]
    public void Familiarity_tells_directions_that_no_label_has()
    {
        var random = new Random(3);
        (ReadOnlyMemory<float>, string)[] rows = [.. Enumerable.Range(0, 100).Select(row => ((ReadOnlyMemory<float>)State(random, row % 2), row % 2 == 0 ? "a" : "b"))];
        EdgeManifestFamiliarity fit = FamiliarityFit.Of(rows)!;

        Assert.AreEqual(16, fit.Width);
        Assert.HasCount(2 * 16 * 2, fit.Means);
        Assert.IsGreaterThan(0.7, fit.Lowest);
        Assert.IsLessThan(1, fit.Lowest);
        Assert.IsNull(FamiliarityFit.Of(rows[..19]), "too few rows to tell");
    }

    private static float[] State(Random random, int axis) => [.. Enumerable.Range(0, 16).Select(index => (float)((index == axis ? 5 : 0) + (random.NextDouble() - 0.5)))];

    private static LabelledOutcome[] Draw(int count, double temperature, int seed = 0)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double[] logits = [.. _labels.Select(_ => 20 * random.NextDouble())];
            double[] probabilities = new LabelledOutcome(logits, 0).Probabilities(temperature);
            double rest = random.NextDouble();
            int label = Array.FindIndex(probabilities, probability => (rest -= probability) < 0);
            return new LabelledOutcome([.. new LabelledOutcome(logits, 0).Probabilities(1).Select(value => Math.Log(value))], Math.Max(0, label));
        })];
    }

    private static MeasuredAnswer[] Answer(LabelledOutcome[] outcomes, double temperature) => [.. outcomes.Select(outcome =>
    {
        double[] probabilities = outcome.Probabilities(temperature);
        int best = Array.IndexOf(probabilities, probabilities.Max());
        return new MeasuredAnswer(_labels[best], probabilities[best], best == outcome.Expected, IsUnfamiliar: false);
    })];
}
