using EdgeBuild.Contracts.Locking;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Samples.Tests;

[TestClass]
public sealed class TicketAccuracyTests
{
    private const double RequiredLead = 0.05;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void The_shipped_model_is_five_points_better_than_text_classification_of_ML_NET()
    {
        string path = Path.Combine(Ticket.SampleFolder, LockFile.FileName);
        if (!File.Exists(path))
        {
            Assert.Inconclusive("samples/TicketTriage/edgebuild.lock.json does not exist: build the sample, which trains its model, and run again.");
        }

        LockedMetric shipped = LockFile.Parse(path, File.ReadAllText(path)).Metrics[LockFile.OutputKey("triage", "category")];
        IReadOnlyList<Ticket> test = Ticket.Load("tickets.test.jsonl");
        Assert.AreEqual(test.Count, shipped.Rows, "The lock file's score is of other test rows: build the sample again.");

        IReadOnlyList<(string Label, double Probability)> answers = TextClassificationReference.Predict(
            Ticket.Load("tickets.train.jsonl").Select(row => (row.Text, row.Category)), test.Select(row => row.Text));
        Assert.HasCount(test.Count, answers);
        double reference = test.Zip(answers).Count(pair => pair.First.Category == pair.Second.Label) / (double)test.Count;
        TestContext.WriteLine($"shipped model {shipped.Accuracy:P1}, ML.NET {reference:P1}, untuned base {shipped.BaseAccuracy:P1}");

        // A broken reference would make any model look good; ten equally frequent labels are guessed at 10 %.
        Assert.IsGreaterThan(0.4, reference, "The reference itself has not learned.");
        Assert.IsGreaterThanOrEqualTo(reference + RequiredLead, shipped.Accuracy);
    }
}
