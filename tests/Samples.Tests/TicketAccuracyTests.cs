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
        SampleTask tickets = Sample.Named("TicketTriage").Tasks.Single();
        if (tickets.Sample.LockFile is not { } locked)
        {
            Assert.Inconclusive("samples/TicketTriage/edgebuild.lock.json does not exist: build the sample, which trains its model, and run again.");
            return;
        }

        LockedMetric shipped = locked.Metrics[LockFile.OutputKey("triage", "category")];
        Assert.AreEqual(tickets.Test.Count, shipped.Rows, "The lock file's score is of other test rows: build the sample again.");

        IReadOnlyList<(string Label, double Probability)> answers = TextClassificationReference.Predict(
            tickets.Training.Select(row => (row.Inputs["ticket"], row.Outputs["category"])), tickets.Test.Select(row => row.Inputs["ticket"]));
        Assert.HasCount(tickets.Test.Count, answers);
        double reference = tickets.Test.Zip(answers).Count(pair => pair.First.Outputs["category"] == pair.Second.Label) / (double)tickets.Test.Count;
        TestContext.WriteLine($"shipped model {shipped.Accuracy:P1}, ML.NET {reference:P1}, untuned base {shipped.BaseAccuracy:P1}");

        // A broken reference would make any model look good; ten equally frequent labels are guessed at 10 %.
        Assert.IsGreaterThan(0.4, reference, "The reference itself has not learned.");
        Assert.IsGreaterThanOrEqualTo(reference + RequiredLead, shipped.Accuracy);
    }
}
