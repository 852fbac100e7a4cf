using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Contracts.Tests;

[TestClass]
public sealed class LockFileTests
{
    [TestMethod]
    public void Text_reads_back_equal_and_has_one_entry_a_line()
    {
        LockFile lockFile = Sample();
        string text = lockFile.ToText();
        Assert.AreEqual(text, LockFile.Parse("edgebuild.lock.json", text).ToText());
        Assert.ContainsSingle(text.Split('\n').Where(line => line.Contains("\"Support\"", StringComparison.Ordinal)));
        Assert.ContainsSingle(text.Split('\n').Where(line => line.Contains("accuracy", StringComparison.Ordinal)));
        StringAssert.Contains(text, "    \"triage/category\": [\"Billing\", \"A \\\"quoted\\\" one\"]");
    }

    [TestMethod]
    public void Hashes_of_prompts_are_kept_and_absent_in_older_files()
    {
        LockFile lockFile = Sample();
        Assert.DoesNotContain("prompts", lockFile.ToText());
        lockFile.Prompts["triage"] = "00ff";
        LockFile read = LockFile.Parse("edgebuild.lock.json", lockFile.ToText());
        Assert.AreEqual("00ff", read.Prompts.Single(entry => entry.Key == "triage").Value);
        Assert.AreEqual(lockFile.ToText(), read.ToText());
    }

    [TestMethod]
    public void Adapters_stand_on_a_line_each_and_are_absent_in_files_without_any()
    {
        LockFile lockFile = Sample();
        Assert.DoesNotContain("adapters", lockFile.ToText());
        lockFile.Adapters["acme"] = new LockedAdapter { Model = "Support", ModelKey = "k3", AdapterKey = "k4", Sha256 = "a" };
        LockFile read = LockFile.Parse("edgebuild.lock.json", lockFile.ToText());
        Assert.AreEqual(lockFile.Adapters["acme"], read.Adapters["acme"]);
        Assert.AreEqual(lockFile.ToText(), read.ToText());
        Assert.ContainsSingle(lockFile.ToText().Split('\n').Where(line => line.Contains("\"acme\"", StringComparison.Ordinal)));
        Assert.AreEqual("acme:triage/category", LockFile.MetricKey("acme", "triage", "category"));
        Assert.AreEqual("triage/category", LockFile.MetricKey(string.Empty, "triage", "category"));
    }

    [TestMethod]
    public void Merge_markers_are_reported_with_their_line()
    {
        string text = Sample().ToText().Replace("  \"labels\"", "<<<<<<< HEAD\n  \"labels\"", StringComparison.Ordinal);
        EdgeBuildException exception = Assert.ThrowsExactly<EdgeBuildException>(() => LockFile.Parse("a/edgebuild.lock.json", text));
        Assert.AreEqual(ErrorCodes.InvalidLockFile, exception.Code);
        Assert.AreEqual(6, exception.Position.Line);
        StringAssert.StartsWith(exception.ToDiagnostic().ToString(), "a/edgebuild.lock.json(6,1): error EDGE0006: ");
    }

    [TestMethod]
    public void A_newer_version_is_refused()
    {
        EdgeBuildException exception = Assert.ThrowsExactly<EdgeBuildException>(() => LockFile.Parse("x", "{\"contractVersion\": 2}"));
        Assert.AreEqual(ErrorCodes.InvalidLockFile, exception.Code);
    }

    private static LockFile Sample()
    {
        var lockFile = new LockFile();
        lockFile.Models["Support"] = new LockedModel
        {
            ModelKey = "k1",
            AdapterKey = "k2",
            Sha256 = "h",
            Quantization = "Q4_0",
            Base = "smollm2",
            BaseSha256 = "b",
            License = "Apache-2.0",
        };
        lockFile.Labels[LockFile.OutputKey("triage", "category")] = ["Billing", "A \"quoted\" one"];
        lockFile.Metrics["triage/category"] = new LockedMetric { Accuracy = 0.91239, MacroF1 = 0.9, Rows = 400, BaseAccuracy = 0.1, RowsHash = "r" };
        return lockFile;
    }

    [TestMethod]
    public void Figures_of_free_text_and_records_stand_in_place_of_those_of_labels()
    {
        var lockFile = new LockFile();
        lockFile.Metrics["notes/summary"] = new LockedMetric { Accuracy = 0.1, RougeL = 0.41236, Chrf = 0.5, Rows = 40, BaseAccuracy = 0, BaseRougeL = 0.1, BaseChrf = 0.2, RowsHash = "r" };
        lockFile.Metrics["notes/items"] = new LockedMetric { Accuracy = 0.2, FieldAccuracy = 0.8, Rows = 40, BaseAccuracy = 0, RowsHash = "r" };
        string text = lockFile.ToText();
        LockFile read = LockFile.Parse("lock", text);

        Assert.DoesNotContain("macroF1", text);
        Assert.AreEqual(new LockedMetric { Accuracy = 0.1, RougeL = 0.4124, Chrf = 0.5, Rows = 40, BaseAccuracy = 0, BaseRougeL = 0.1, BaseChrf = 0.2, RowsHash = "r" }, read.Metrics["notes/summary"]);
        Assert.AreEqual(0.5, read.Metrics["notes/summary"].Score);
        Assert.AreEqual(0.8, read.Metrics["notes/items"].FieldAccuracy);
        Assert.AreEqual(0.2, read.Metrics["notes/items"].Score);
    }
}
