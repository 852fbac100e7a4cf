using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

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

        Assert.AreEqual(2, confusion.Count(0, 1));
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
        RowOutcome[] answers = [Answer(0.95, true), Answer(0.95, false), Answer(0.55, true), Answer(0.55, true)];
        IReadOnlyList<ReliabilityBin> bins = ReliabilityBin.Of(answers);
        Assert.HasCount(2, bins);
        Assert.AreEqual((0.5 * 0.45) + (0.5 * 0.45), ReliabilityBin.ExpectedError(bins), 1e-12);
        Assert.AreEqual(0, ReliabilityBin.ExpectedError(ReliabilityBin.Of([Answer(1.0, true)])), 1e-12);
        Assert.AreEqual(0, ReliabilityBin.ExpectedError([]));
    }

    [TestMethod]
    public void An_answer_that_is_no_label_has_a_place_in_the_confusion_counts()
    {
        ConfusionMatrix confusion = ConfusionMatrix.Of(["a", "b"], [Outcome("1", "a", "null"), Outcome("2", "a", "b"), Outcome("3", "a", "b"), Outcome("4", "b", "b")]);
        Assert.AreEqual(1, confusion.Count(1, 1));
        Assert.AreEqual(("a", "b", 2), confusion.Pairs()[0]);
    }

    [TestMethod]
    public void Rouge_l_is_the_f1_of_the_longest_common_subsequence_of_words()
    {
        // The common words are the quick brown jumps the: 5 of 8 and 5 of 9.
        Assert.AreEqual(2 * (5.0 / 8) * (5.0 / 9) / ((5.0 / 8) + (5.0 / 9)), RougeL.Score("The quick brown dog jumps on the log.", "The quick brown fox jumps over the lazy dog"), 1e-12);
        Assert.AreEqual(0, RougeL.Score("…", "word"));
        Assert.AreEqual(1, RougeL.Score("Same, words", "same words"));
    }

    [TestMethod]
    public void Chrf_matches_the_example_of_sacrebleu()
    {
        (string, string)[] pairs =
        [
            ("The relationship between cats and dogs is not exactly friendly.", "The relationship between dogs and cats is not exactly friendly."),
            ("a good bookshop is just a genteel black hole that knows how to read.", "A good bookshop is just a genteel Black Hole that knows how to read."),
        ];
        Assert.AreEqual(0.8464214891738334, Chrf.Score(pairs), 1e-12);
        Assert.AreEqual(0, Chrf.Score([]));
        Assert.AreEqual(1, Chrf.Score([("ab", "a b")]), 1e-12);
    }

    [TestMethod]
    public void Fields_of_records_are_compared_by_their_paths()
    {
        IReadOnlyList<FieldScore> fields = FieldScore.Of(
        [
            Outcome("1", """{"name":"a","items":[{"price":1},{"price":2}]}""", """{"items":[{"price":1},{"price":3},{"price":4}],"name":"a"}"""),
            Outcome("2", """{"name":"b","items":[]}""", "broken"),
        ]);
        Assert.AreEqual(new FieldScore("name", 1, 2), fields.Single(field => field.Field == "name"));
        Assert.AreEqual(new FieldScore("items[].price", 1, 3), fields.Single(field => field.Field == "items[].price"));
        Assert.IsTrue(FieldScore.AreEqual("""{"a":1,"b":[true]}""", """{ "b": [true], "a": 1 }"""));
        Assert.IsFalse(FieldScore.AreEqual("""{"a":1}""", """{"a":"1"}"""));
        Assert.IsFalse(FieldScore.AreEqual("{", "{}"));
    }

    [TestMethod]
    public void The_paired_test_matches_the_binomial_distribution()
    {
        // 2 · (1 + 10 + 45) / 2¹⁰ for 2 against 8.
        Assert.AreEqual(2 * 56.0 / 1024, new PairedComparison(100, 2, 8).PValue, 1e-12);
        Assert.AreEqual(1, new PairedComparison(100, 5, 5).PValue);
        Assert.AreEqual(1, new PairedComparison(100, 0, 0).PValue);
        Assert.AreEqual(2 * Math.Pow(0.5, 2000), new PairedComparison(3000, 0, 2000).PValue, 1e-12);
        Assert.IsFalse(new PairedComparison(100, 2, 8).IsSignificantlyWorse);
        Assert.IsTrue(new PairedComparison(100, 1, 9).IsSignificantlyWorse);
        Assert.IsFalse(new PairedComparison(100, 9, 1).IsSignificantlyWorse);

        // Bonett and Price: p12 = (9 + 1) / 102, p21 = (1 + 1) / 102.
        (double low, double high) = new PairedComparison(100, 9, 1).Interval;
        Assert.AreEqual(0.0784 - 0.0652, low, 1e-3);
        Assert.AreEqual(0.0784 + 0.0652, high, 1e-3);
    }

    [TestMethod]
    public void Rows_are_paired_by_their_content_whatever_their_places()
    {
        var pairs = PairedComparison.Of(
            [Outcome("x", "a", "a"), Outcome("y", "a", "b"), Outcome("new", "a", "a")],
            [Outcome("y", "a", "a") with { Line = 90 }, Outcome("x", "a", "b"), Outcome("gone", "a", "a")]);
        Assert.AreEqual(new PairedComparison(2, 1, 1), pairs);
    }

    [TestMethod]
    public void A_copy_with_other_answers_has_other_figures()
    {
        var output = new OutputEvaluation { Prompt = "p", Output = "o", Kind = OutputKind.Label, Labels = ["a", "b"], Outcomes = [Outcome("1", "a", "b")] };
        Assert.AreEqual(0, output.Confusion!.Count(0, 0));
        Assert.AreEqual(1, (output with { Outcomes = [Outcome("1", "a", "a")] }).Confusion!.Count(0, 0));
    }

    [TestMethod]
    public void Test_rows_with_a_flipped_label_are_suspected_however_unsure_the_model_is()
    {
        // A fifth of the labels is wrong, so the model gives the right label 0.8 on average, and no row a certainty.
        var random = new Random(7);
        var flipped = new HashSet<int>();
        RowOutcome[] outcomes =
        [
            .. Enumerable.Range(0, 500).Select(row =>
            {
                string truth = row % 2 == 0 ? "a" : "b";
                string other = row % 2 == 0 ? "b" : "a";
                if (random.NextDouble() < 0.2)
                {
                    flipped.Add(row);
                }

                double sure = 0.65 + (0.3 * random.NextDouble());
                return new RowOutcome("t", row, $"{row}", flipped.Contains(row) ? other : truth, truth, sure, !flipped.Contains(row)) { Labels = [new(truth, sure), new(other, 1 - sure)] };
            }),
        ];

        int[] suspected = [.. HeldOutLabels.Suspect(new OutputEvaluation { Prompt = "p", Output = "o", Kind = OutputKind.Label, Labels = ["a", "b"], Outcomes = outcomes }).Select(suspect => suspect.Line)];

        Assert.IsGreaterThanOrEqualTo(0.5 * flipped.Count, suspected.Count(flipped.Contains));
        Assert.IsGreaterThanOrEqualTo(0.7 * suspected.Length, suspected.Count(flipped.Contains));
    }

    [TestMethod]
    public void A_wrong_label_does_not_hide_behind_a_model_that_is_nearly_certain()
    {
        // The other rows of "b" are answered with 0.9965 on average, the flipped one with 0.9962.
        RowOutcome[] outcomes =
        [
            .. Enumerable.Range(0, 10).Select(row => Certain(row, "a", "a", 0.996)),
            .. Enumerable.Range(10, 10).Select(row => Certain(row, "b", "b", 0.9965)),
            Certain(20, "a", "b", 0.9962),
            Certain(21, "a", "b", 0.9),
        ];

        IReadOnlyList<SuspectedLabel> suspects =
            HeldOutLabels.Suspect(new OutputEvaluation { Prompt = "p", Output = "o", Kind = OutputKind.Label, Labels = ["a", "b"], Outcomes = outcomes });

        Assert.AreEqual(20, suspects.Single().Line);
    }

    private static RowOutcome Certain(int row, string expected, string predicted, double sure) =>
        new("t", row, $"{row}", expected, predicted, sure, expected == predicted) { Labels = [new(predicted, sure), new(predicted == "a" ? "b" : "a", 1 - sure)] };

    private static RowOutcome Answer(double confidence, bool right) => new("t", 1, "h", "a", right ? "a" : "b", confidence, right);

    private static RowOutcome Outcome(string hash, string expected, string predicted) => new("t", 1, hash, expected, predicted, 0.9, expected == predicted);
}
