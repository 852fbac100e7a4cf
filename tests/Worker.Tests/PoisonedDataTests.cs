using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Training;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Tests;

/// <summary>A dataset of which a fifth of the labels was flipped, before it was split.</summary>
[TestClass]
[DoNotParallelize]
public sealed class PoisonedDataTests : IDisposable
{
    private const int TrainRows = 400;
    private const int TestRows = 100;

    private readonly SmallProject _project = new();
    private readonly HashSet<int> _flipped = [.. Enumerable.Range(0, TrainRows + TestRows).OrderBy(row => new Random(row).Next()).Take((TrainRows + TestRows) / 5)];

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _project.Dispose();

    [TestMethod]
    public async Task The_gate_fails_the_last_good_artifact_stays_and_the_flipped_rows_are_found()
    {
        TrainingPlan good = _project.Plan("good", string.Empty, _project.Prompt(SmallProject.Colors, SmallProject.Rows(0, TrainRows), SmallProject.Rows(TrainRows, TestRows))) with { Gates = new PlannedGates(0.9, null) };
        Assert.IsTrue(await _project.RunAsync(good, TestContext.CancellationToken), string.Join('\n', _project.Output));

        // One pass, in one number format: what a look at a busy machine would choose decides how much the model is sure of after it.
        _project.Recipe = _project.Recipe with { Epochs = 1 };
        TrainingPlan poisoned = _project.Plan("poisoned", string.Empty, _project.Prompt(SmallProject.Colors, Rows(0, TrainRows), Rows(TrainRows, TestRows))) with
        {
            Gates = new PlannedGates(0.9, null),
            LastModelKey = good.ModelKey,
        };
        new InterruptedRun(Path.Combine(_project.Cache, "checkpoints", poisoned.AdapterKey)).Remember(ComputeType.Float32, 4096);

        Assert.IsFalse(await _project.RunAsync(poisoned, TestContext.CancellationToken));

        string error = _project.Output.First(line => line.Contains(ErrorCodes.GateFailed, StringComparison.Ordinal));
        Assert.Contains("is below MinAccuracy 90.0 %", error);
        Assert.HasCount(5, error.Split("test.csv(").Skip(1).ToArray());
        Assert.DoesNotContain("rrr", error);
        Assert.IsTrue(File.Exists(_project.ModelFile(good, "Test.gguf")));
        Assert.IsFalse(Directory.Exists(Path.GetDirectoryName(_project.ModelFile(poisoned, "x"))));
        Assert.Contains("this model does not ship", File.ReadAllText(Directory.GetFiles(Path.Combine(_project.Cache, "failed"), "*.html", SearchOption.AllDirectories).Single()));

        // A row's line is its number in the file and the line of the titles.
        AdapterRecord adapter = AdapterRecord.Read(Path.Combine(_project.Cache, "adapters", poisoned.AdapterKey))!;
        EvaluationRecord record = EvaluationRecord.Read(Path.Combine(_project.Cache, "failed", $"Test.{poisoned.ModelKey[..12]}"))!;
        int[] suspected =
        [
            .. adapter.Suspects!.Concat(record.ValidationSuspects).Select(suspect => suspect.Line - 2),
            .. record.Shipped.SelectMany(HeldOutLabels.Suspect).Select(suspect => suspect.Line - 2 + TrainRows),
        ];
        int found = suspected.Count(_flipped.Contains);
        string figures = $"{found} of {suspected.Length} suspected rows are among the {_flipped.Count} flipped ones";
        Assert.IsGreaterThanOrEqualTo(0.7 * suspected.Length, found, figures);
        Assert.IsGreaterThanOrEqualTo(0.5 * _flipped.Count, found, figures);
    }

    private string Rows(int first, int count) => string.Concat(Enumerable.Range(first, count).Select(number =>
        SmallProject.Row(number, _flipped.Contains(number) ? (number % 2 == 0 ? "Blue" : "Red") : null)));
}
