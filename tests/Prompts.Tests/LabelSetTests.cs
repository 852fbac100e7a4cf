namespace EdgeBuild.Prompts.Tests;

[TestClass]
public sealed class LabelSetTests
{
    private const string Open = "---\nname: x\ninputs:\n  - name: a\n    kind: string\noutputs:\n  - name: b\n    kind: string\n  - name: c\n    kind: boolean\n---\nuser:\n{{a}}";

    [TestMethod]
    public void Labels_of_the_file_win()
    {
        PromptDocument document = PromptText.ParseValid(PromptText.Triage);
        LabelSet labels = LabelSet.From(document, new Dictionary<string, IReadOnlyList<string>> { ["category"] = ["Other"] });
        Assert.AreSequenceEqual(["Billing", "How to"], labels["category"]);
        Assert.AreSequenceEqual(["true", "false"], labels["urgent"]);
        Assert.IsTrue(labels.IsComplete);
    }

    [TestMethod]
    public void Labels_of_the_rows_fill_the_gap()
    {
        PromptDocument document = PromptText.ParseValid(Open);
        LabelSet labels = LabelSet.From(document, new Dictionary<string, IReadOnlyList<string>> { ["b"] = ["z", "y"] });
        Assert.AreSequenceEqual(["z", "y"], labels["b"]);
        Assert.IsTrue(labels.IsComplete);
    }

    [TestMethod]
    public void Missing_labels_are_known()
    {
        PromptDocument document = PromptText.ParseValid(Open);
        LabelSet labels = LabelSet.From(document, null);
        Assert.IsFalse(labels.IsComplete);
        Assert.AreEqual("b", labels.Missing.Single().Name);
        Assert.IsEmpty(labels["b"]);
        Assert.IsFalse(LabelSet.From(document, new Dictionary<string, IReadOnlyList<string>> { ["b"] = [] }).IsComplete);
    }

    [TestMethod]
    public void Free_text_needs_no_labels()
    {
        PromptDocument document = PromptText.ParseValid("---\nname: x\nmetadata:\n  edge:\n    freeText: [b]\ninputs:\n  - name: a\n    kind: string\noutputs:\n  - name: b\n    kind: string\n---\nuser:\n{{a}}");
        LabelSet labels = LabelSet.From(document, new Dictionary<string, IReadOnlyList<string>> { ["b"] = ["x"] });
        Assert.IsTrue(labels.IsComplete);
        Assert.IsEmpty(labels.ByOutput);
    }

    [TestMethod]
    public void New_labels_come_last_in_ordinal_order()
    {
        Assert.AreSequenceEqual(["z", "m", "A", "b", "y"], LabelSet.Append(["z", "m"], ["y", "z", "b", "A", "y"]));
    }
}
