using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;

namespace EdgeBuild.Contracts.Tests;

[TestClass]
public sealed class PlannedFiguresTests
{
    private static readonly LockedMetric _text = new() { Accuracy = 0, RougeL = 0.4, Chrf = 0.4, Rows = 10, BaseAccuracy = 0, RowsHash = "today" };
    private static readonly LockedMetric _labels = new() { Accuracy = 0.9, MacroF1 = 0.9, Rows = 10, BaseAccuracy = 0, RowsHash = "today" };

    [TestMethod]
    public void A_gate_without_a_figure_is_named()
    {
        var text = new PlannedGates(null, null) { MinRougeL = 0.3 };
        Assert.AreEqual("MinRougeL", Figures(text, ("p/answer", _labels)).UnjudgedGate);
        Assert.AreEqual("MinRougeL", Figures(text).UnjudgedGate);
        Assert.IsNull(Figures(text, ("p/answer", _text)).UnjudgedGate);
        Assert.IsNull(Figures(text, ("p/answer", _text), ("p/label", _labels)).UnjudgedGate);
        Assert.IsNull(Figures(new PlannedGates(0.9, null), ("p/answer", _labels)).UnjudgedGate);
        Assert.AreEqual("MinAccuracy", Figures(new PlannedGates(0.9, null), ("q/answer", _labels)).UnjudgedGate, "figures of another prompt");
        Assert.IsNull(Figures(new PlannedGates(null, null)).UnjudgedGate);
    }

    [TestMethod]
    public void Every_output_must_have_the_loss_that_a_gate_judges()
    {
        var gates = new PlannedGates(null, null) { MaxQuantizationLoss = 0.01 };
        Assert.IsNull(Figures(gates, ("p/a", _labels with { QuantizationLoss = 0 })).UnjudgedGate);
        Assert.AreEqual("MaxQuantizationLoss", Figures(gates, ("p/a", _labels with { QuantizationLoss = 0 }), ("p/b", _labels)).UnjudgedGate);
    }

    [TestMethod]
    public void Figures_of_other_rows_are_not_complete()
    {
        var none = new PlannedGates(null, null);
        Assert.IsTrue(Figures(none, ("p/a", _labels)).AreComplete);
        Assert.IsFalse(Figures(none, ("p/a", _labels), ("p/b", _labels with { RowsHash = "of old" })).AreComplete);
        Assert.IsTrue(Figures(none, ("q/a", _labels with { RowsHash = "of old" })).AreComplete, "of another prompt");
    }

    [TestMethod]
    public void A_plain_model_has_no_figures_and_no_gates() =>
        Assert.IsNull(new PlannedFigures(Plan(new PlannedGates(0.9, null)) with { Kind = ArtifactKind.PlainModel }, new LockFile()).UnjudgedGate);

    private static PlannedFigures Figures(PlannedGates gates, params (string Key, LockedMetric Metric)[] metrics)
    {
        var file = new LockFile();
        foreach ((string key, LockedMetric metric) in metrics)
        {
            file.Metrics[key] = metric;
        }

        return new PlannedFigures(Plan(gates), file);
    }

    private static TrainingPlan Plan(PlannedGates gates) => new()
    {
        Kind = ArtifactKind.MergedModel,
        Model = "Support",
        AdapterKey = "a",
        ModelKey = "m",
        ParentAdapterKey = string.Empty,
        Quantization = "Q8_0",
        CacheDirectory = string.Empty,
        Base = new PlannedBase("base", string.Empty, string.Empty, string.Empty, string.Empty),
        Recipe = new PlannedRecipe(),
        Gates = gates,
        Prompts = [new PlannedPrompt { Name = "p", Path = "p", DisplayPath = "p", TestRowsHash = "today", Labels = new Dictionary<string, IReadOnlyList<string>>(), Datasets = [] }],
        LastAccuracy = new Dictionary<string, double>(),
        MaxTrainingMinutes = 0,
        Threads = 0,
        Offline = true,
    };
}
