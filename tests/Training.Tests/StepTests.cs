namespace EdgeBuild.Training.Tests;

/// <summary>What decides a step besides its gradient: weights, order of rows, learning rate.</summary>
[TestClass]
public sealed class StepTests
{
    private static readonly TrainingRecipe _constantRate = new() { Rank = 4, Alpha = 8, BatchSize = 1, Epochs = 1, LearningRate = 5e-3, WarmupRatio = 0, FinalLearningRateRatio = 1 };

    [TestMethod]
    public void Weights_of_one_are_no_weights()
    {
        using var training = new Trainings();
        using var weighted = new Trainings { Rows = [.. training.Rows.Select(row => row with { CompletionWeights = [1, 1] })] };

        CollectionAssert.AreEqual(training.Adapter(), weighted.Adapter());
    }

    [TestMethod]
    public void A_common_factor_of_all_weights_changes_nothing()
    {
        using var training = new Trainings();
        using var weighted = new Trainings { Rows = [.. training.Rows.Select(row => row with { CompletionWeights = [4, 4] })] };

        Assert.IsLessThan(1e-4, Compare.RelativeError(weighted.Adapter(), training.Adapter()));
    }

    [TestMethod]
    public void A_token_of_weight_zero_teaches_nothing()
    {
        using var training = new Trainings();
        using var first = new Trainings { Rows = [.. training.Rows.Select(row => row with { CompletionTokens = [row.CompletionTokens[0], 17], CompletionWeights = [1, 0] })] };
        using var second = new Trainings { Rows = [.. training.Rows.Select(row => row with { CompletionTokens = [row.CompletionTokens[0], 18], CompletionWeights = [1, 0] })] };

        CollectionAssert.AreEqual(first.Adapter(), second.Adapter());
    }

    [TestMethod]
    public void A_step_without_weighted_tokens_is_no_step_of_the_optimizer()
    {
        TrainingExample row = Scenarios.Task(1, seed: 1)[0];
        using var alone = new Trainings { Rows = [row], Validation = [], Recipe = _constantRate };
        using var beside = new Trainings { Rows = [row, row with { CompletionWeights = [0, 0] }], Validation = [], Recipe = _constantRate };

        TrainingResult result = beside.Run();

        Assert.AreEqual(2, result.Steps);
        Assert.Contains(0.0, result.Losses);
        CollectionAssert.AreEqual(alone.Adapter(), Trainings.ValuesOf(result));
    }

    [TestMethod]
    public void A_loss_counts_tokens_by_their_weights()
    {
        using var training = new Trainings();
        using LoraAdapter adapter = LoraAdapter.ReadGguf(training.Fixture.File("adapter_random.gguf"), training.Model);
        var trainer = new LoraTrainer(training.Model, adapter, training.Recipe);
        TrainingExample row = training.Rows[0];
        double first = trainer.Loss([row with { CompletionWeights = [1, 0] }]);
        double second = trainer.Loss([row with { CompletionWeights = [0, 1] }]);

        Assert.AreEqual((first + second) / 2, trainer.Loss([row]), 1e-6);
        Assert.AreEqual(((3 * first) + second) / 4, trainer.Loss([row with { CompletionWeights = [3, 1] }]), 1e-6);
        Assert.AreEqual(0, trainer.Loss([]));
    }

    [TestMethod]
    public void The_loss_is_the_cross_entropy_of_the_logits()
    {
        using var training = new Trainings("llama3");
        using LoraAdapter adapter = LoraAdapter.ReadGguf(training.Fixture.File("adapter_random.gguf"), training.Model);
        TrainingExample[] rows = training.Fixture.Examples;
        double sum = 0;
        foreach (TrainingExample row in rows)
        {
            float[,] logits = training.Model.Logits([.. row.PromptTokens, .. row.CompletionTokens], adapter);
            for (int index = 0; index < row.CompletionTokens.Length; index++)
            {
                int position = row.PromptTokens.Length - 1 + index;
                double[] values = [.. Enumerable.Range(0, logits.GetLength(1)).Select(token => (double)logits[position, token])];
                sum += Math.Log(values.Sum(Math.Exp)) - values[row.CompletionTokens[index]];
            }
        }

        double loss = new LoraTrainer(training.Model, adapter, training.Recipe).Loss(rows);

        Assert.AreEqual(sum / rows.Sum(row => row.CompletionTokens.Length), loss, 1e-5);
    }

    [TestMethod]
    public void Every_epoch_takes_every_row_once_in_an_order_of_its_own()
    {
        TrainingExample[] rows = Scenarios.Task(10, seed: 1);
        var plan = new StepPlan(rows, new TrainingRecipe { BatchSize = 4, Epochs = 2.5 });
        TrainingExample[][] steps = [.. Enumerable.Range(0, plan.TotalSteps).Select(step => plan.At(step, []))];

        Assert.AreEqual(3, plan.StepsPerEpoch);
        Assert.HasCount(8, steps);
        CollectionAssert.AreEqual((int[])[4, 4, 2, 4, 4, 2, 4, 4], steps.Select(step => step.Length).ToArray());
        TrainingExample[] first = [.. steps[..3].SelectMany(step => step)];
        TrainingExample[] second = [.. steps[3..6].SelectMany(step => step)];
        CollectionAssert.AreEquivalent(rows, first);
        CollectionAssert.AreEquivalent(rows, second);
        CollectionAssert.AreNotEqual(first, second);
        CollectionAssert.AreEqual(steps[4], new StepPlan(rows, new TrainingRecipe { BatchSize = 4, Epochs = 2.5 }).At(4, []));
    }

    [TestMethod]
    public void A_review_takes_the_hardest_rows_and_is_chosen_when_it_begins()
    {
        TrainingExample[] rows = Scenarios.Task(10, seed: 1);
        var plan = new StepPlan(rows, new TrainingRecipe { BatchSize = 2, Epochs = 1, ReviewPasses = 2, ReviewShare = 0.4 });
        float[] first = [1, 9, 2, 8, 3, 7, 4, 6, 5, 0];
        float[] second = [9, 0, 8, 0, 7, 0, 6, 0, 0, 0];

        Assert.AreEqual(5 + 2 + 2, plan.TotalSteps);
        TrainingExample[] full = [.. Enumerable.Range(0, 5).SelectMany(step => plan.At(step, []))];
        TrainingExample[] review = [.. plan.At(5, first), .. plan.At(6, second)];
        TrainingExample[] last = [.. plan.At(7, second), .. plan.At(8, first)];

        CollectionAssert.AreEquivalent(rows, full);
        CollectionAssert.AreEquivalent((TrainingExample[])[rows[1], rows[3], rows[5], rows[7]], review);
        CollectionAssert.AreEquivalent((TrainingExample[])[rows[0], rows[2], rows[4], rows[6]], last);
        CollectionAssert.AreEqual((int[])[5, 7, 9], Enumerable.Range(1, 9).Where(plan.IsValidationDue).ToArray());
    }

    [TestMethod]
    public void A_row_is_as_hard_as_its_loss_against_that_of_its_time()
    {
        TrainingExample[] rows = [new([1, 5], [3, 4], [1, 0.5f]), new([1, 6], [3], [1]), new([1, 7], [8], null)];
        var hardness = new RowHardness(rows);
        TokenBatch batch = TokenBatch.Create(rows[..2]);
        var losses = new double[batch.Targets.Length];
        for (int target = 0; target < losses.Length; target++)
        {
            losses[target] = batch.TargetExamples[target] switch { 0 => 1.5, 1 => 8, _ => 100 };
        }

        hardness.BeginStep(4);
        hardness.Record(rows[..2], batch, new BatchLosses(losses, []), 1);

        CollectionAssert.AreEqual((float[])[0.5f, 2, 0], hardness.Values);
    }

    [TestMethod]
    public void Parts_of_a_step_keep_rows_whole_and_in_order()
    {
        TrainingExample[] rows = [.. ((int[])[5, 3, 20, 2, 2, 9]).Select(length => new TrainingExample(new int[length], [1]))];

        int[][] parts = [.. StepPlan.Split(rows, 9).Select(part => part.Select(TokenBatch.InputLength).ToArray())];

        Assert.AreEqual("5+3|20|2+2|9", string.Join('|', parts.Select(part => string.Join('+', part))));
    }

    [TestMethod]
    public void The_learning_rate_rises_linearly_and_falls_as_half_a_cosine()
    {
        var schedule = new LearningRateSchedule(new TrainingRecipe { LearningRate = 2, WarmupRatio = 0.1, FinalLearningRateRatio = 0.1 }, 100);

        Assert.AreEqual(0.2, schedule.At(0, TimeSpan.Zero), 1e-12);
        Assert.AreEqual(2, schedule.At(9, TimeSpan.Zero), 1e-12);
        Assert.AreEqual(2, schedule.At(10, TimeSpan.Zero), 1e-12);
        Assert.AreEqual(1.1, schedule.At(55, TimeSpan.Zero), 1e-12);
        Assert.AreEqual(0.2, schedule.At(100, TimeSpan.Zero), 1e-12);
    }

    [TestMethod]
    public void With_a_time_limit_the_learning_rate_falls_in_time_for_it()
    {
        var limit = TimeSpan.FromMinutes(10);
        var schedule = new LearningRateSchedule(new TrainingRecipe { LearningRate = 1, WarmupRatio = 0, MaxDuration = limit }, 1000);

        Assert.AreEqual(0.5, schedule.At(10, limit / 2), 1e-12);
        Assert.AreEqual(0, schedule.At(10, limit), 1e-12);
        Assert.AreEqual(0, schedule.At(10, 2 * limit), 1e-12);
        Assert.AreEqual(0.5, schedule.At(500, TimeSpan.Zero), 1e-12);
    }
}
