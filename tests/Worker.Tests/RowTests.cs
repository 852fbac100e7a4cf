using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Prompts;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Tests;

[TestClass]
public sealed class RowTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edgebuild-rows-").FullName;

    [TestCleanup]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [TestMethod]
    public void Held_back_rows_are_stratified_and_stay_when_rows_are_added()
    {
        TrainedPrompt prompt = Prompt();
        LabelledRow[] rows = [.. Enumerable.Range(0, 100).Select(i => Row(prompt, i, i % 4 == 0 ? "A" : "B"))];
        (IReadOnlyList<LabelledRow> remaining, IReadOnlyList<LabelledRow> heldBack) = RowSplit.Stratified(rows, 0.2, seed: 1);
        Assert.HasCount(80, remaining);
        Assert.AreEqual(5, heldBack.Count(row => row.Values[0] == "A"));
        Assert.AreEqual(15, heldBack.Count(row => row.Values[0] == "B"));

        (_, IReadOnlyList<LabelledRow> heldBackLater) = RowSplit.Stratified([.. rows, Row(prompt, 1000, "A")], 0.2, seed: 1);
        Assert.IsGreaterThanOrEqualTo(19, heldBackLater.Intersect(heldBack).Count());
    }

    [TestMethod]
    public void A_label_with_few_rows_keeps_them_all()
    {
        TrainedPrompt prompt = Prompt();
        LabelledRow[] rows = [Row(prompt, 1, "A"), Row(prompt, 2, "A"), Row(prompt, 3, "A")];
        Assert.IsEmpty(RowSplit.Stratified(rows, 0.5, seed: 1).HeldBack);
    }

    [TestMethod]
    public void Texts_that_never_repeat_and_one_that_often_does_are_held_back_alike()
    {
        TrainedPrompt prompt = Prompt("    kind: string\nmetadata:\n  edge:\n    freeText: [label]\n");
        LabelledRow[] rows = [.. Enumerable.Range(0, 100).Select(i => Row(prompt, i, i % 4 == 0 ? "It does not say." : $"answer {i}"))];
        IReadOnlyList<LabelledRow> heldBack = RowSplit.Stratified(rows, 0.2, seed: 1).HeldBack;
        Assert.HasCount(20, heldBack);
        Assert.Contains(row => row.Values[0].StartsWith("answer", StringComparison.Ordinal), heldBack);
    }

    [TestMethod]
    public void A_refresh_repeats_new_rows_and_replays_old_ones()
    {
        TrainedPrompt prompt = Prompt();
        LabelledRow[] rows = [.. Enumerable.Range(0, 200).Select(i => Row(prompt, i, "A"))];
        var parent = rows.Skip(2).Select(row => row.Hash).ToHashSet();
        RefreshPlan? refresh = RefreshPlan.Create(rows, parent, seed: 1);
        Assert.IsNotNull(refresh);
        Assert.AreEqual(2, refresh.Changed);
        Assert.AreEqual(3, refresh.Rows.Count(row => row == rows[0]));
        Assert.AreEqual(64, refresh.Rows.Distinct().Count(row => parent.Contains(row.Hash)));
    }

    [TestMethod]
    public void Many_new_or_removed_rows_are_trained_from_the_start()
    {
        TrainedPrompt prompt = Prompt();
        LabelledRow[] rows = [.. Enumerable.Range(0, 100).Select(i => Row(prompt, i, "A"))];
        Assert.IsNull(RefreshPlan.Create(rows, rows.Skip(30).Select(row => row.Hash).ToHashSet(), seed: 1));
        Assert.IsNull(RefreshPlan.Create([.. rows.Take(70)], rows.Select(row => row.Hash).ToHashSet(), seed: 1));
        Assert.IsNotNull(RefreshPlan.Create([.. rows.Skip(1)], rows.Select(row => row.Hash).ToHashSet(), seed: 1));
    }

    [TestMethod]
    [DataRow(20, 1, 8.0)]
    [DataRow(500, 10, 3.0)]
    [DataRow(1400, 10, 1.0)]
    [DataRow(693, 77, 7.0)]
    [DataRow(100_000, 77, 1.0)]
    public void Few_rows_and_few_rows_of_a_label_are_seen_more_often(int rows, int labels, double epochs) =>
        Assert.AreEqual(epochs, DefaultEpochs.For(rows, labels));

    [TestMethod]
    public void The_untuned_base_is_measured_on_rows_from_all_over_the_test_set()
    {
        TrainedPrompt prompt = Prompt();
        LabelledRow[] few = [.. Enumerable.Range(0, 128).Select(i => Row(prompt, i, "A"))];
        LabelledRow[] many = [.. Enumerable.Range(0, 1280).Select(i => Row(prompt, i, "A"))];

        CollectionAssert.AreEqual(few, BaseEvaluation.Sample(few).ToArray());
        CollectionAssert.AreEqual(many.Where((_, i) => i % 10 == 0).ToArray(), BaseEvaluation.Sample(many).ToArray());
    }

    private static LabelledRow Row(TrainedPrompt prompt, int number, string label) =>
        new(prompt, "rows.jsonl", number + 1, [$"text {number}"], [label], 1, ContentKey.OfText($"{number} {label}"));

    private TrainedPrompt Prompt(string output = "    kind: string\n    enumValues: [A, B]\n")
    {
        string path = Path.Combine(_directory, "p.prompty");
        File.WriteAllText(path, "---\nname: p\ninputs:\n  - name: text\n    kind: string\noutputs:\n  - name: label\n" + output + "---\nuser:\n{{text}}\n");
        var planned = new PlannedPrompt
        {
            Name = "p",
            Path = path,
            DisplayPath = "p.prompty",
            Labels = new Dictionary<string, IReadOnlyList<string>>(),
            Datasets = [],
            TestRowsHash = string.Empty,
        };
        return TrainedPrompt.Load(planned, ChatFormat.ChatML);
    }
}
