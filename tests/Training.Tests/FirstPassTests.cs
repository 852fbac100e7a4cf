namespace EdgeBuild.Training.Tests;

/// <summary>What a run tells when it has seen every row once.</summary>
[TestClass]
public sealed class FirstPassTests
{
    [TestMethod]
    public void It_comes_once_with_the_hardness_of_every_row_and_changes_nothing()
    {
        using var training = new Trainings();
        float[] expected = training.Adapter();
        int calls = 0;

        float[] actual = Trainings.ValuesOf(Run(training, pass =>
        {
            calls++;
            Assert.HasCount(training.Rows.Length, pass.Hardness);
            Assert.IsTrue(pass.Hardness.All(value => value > 0));
            pass.Losses(training.Rows);
        }));

        Assert.AreEqual(1, calls);
        CollectionAssert.AreEqual(expected, actual);
    }

    [TestMethod]
    public void Losses_of_rows_are_the_same_alone_and_together_and_add_up_to_the_loss_of_all()
    {
        using var training = new Trainings();
        training.Recipe = training.Recipe with { Epochs = 1 };
        double[] together = [];
        double[] alone = [];
        TrainingResult result = Run(training, pass =>
        {
            together = pass.Losses(training.Validation);
            alone = [.. training.Validation.Select(row => pass.Losses([row]).Single())];
        });

        using LoraAdapter adapter = result.Adapter;
        for (int row = 0; row < alone.Length; row++)
        {
            Assert.AreEqual(alone[row], together[row], 1e-4);
        }

        double tokens = training.Validation.Sum(row => row.CompletionTokens.Length);
        Assert.AreEqual(result.ValidationLosses.First(validation => validation.Step == 5).Loss, together.Sum() / tokens, 1e-5);
    }

    [TestMethod]
    public void A_run_of_less_than_an_epoch_has_none()
    {
        using var training = new Trainings();
        training.Recipe = training.Recipe with { Epochs = 0.5, ReviewPasses = 3 };
        int calls = 0;

        Trainings.ValuesOf(Run(training, _ => calls++));

        Assert.AreEqual(0, calls);
    }

    private static TrainingResult Run(Trainings training, Action<FirstPass> afterFirstPass)
    {
        using LoraAdapter start = LoraAdapter.Create(training.Model, training.Recipe.Rank, training.Recipe.Alpha, training.AdapterSeed);
        return new LoraTrainer(training.Model, start, training.Recipe) { AfterFirstPass = afterFirstPass }.Run(training.Rows, training.Validation);
    }
}
