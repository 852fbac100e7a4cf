using EdgeBuild.Contracts.Plans;
using EdgeBuild.Prompts;

namespace EdgeBuild.Data.Tests;

/// <summary>Rows stream: what is kept of a row does not depend on its length. A million rows are measured by the verb <c>data</c> of bench.</summary>
[TestClass]
[DoNotParallelize]
public sealed class MemoryTests
{
    private const int Rows = 100_000;
    private const int BytesPerRow = 200;

    [TestMethod]
    [DataRow(".jsonl")]
    [DataRow(".csv")]
    public void A_hundred_thousand_long_rows_are_validated_in_a_few_bytes_each(string extension)
    {
        using var directory = new TemporaryDirectory();
        string padding = string.Join(' ', Enumerable.Repeat("padding", 60));
        string path = directory.Write(
            "rows" + extension,
            (extension == ".csv" ? "text,label\n" : string.Empty) + string.Concat(Enumerable.Range(0, Rows).Select(row => extension == ".csv"
                ? $"row {row} {padding},{(row % 2 == 0 ? "A" : "B")}\n"
                : $"{{\"text\": \"row {row} {padding}\", \"label\": \"{(row % 2 == 0 ? "A" : "B")}\"}}\n")));
        PromptDocument prompt = PromptDocument.Parse(
            "p.prompty", "---\nname: p\ninputs:\n  - name: text\n    kind: string\noutputs:\n  - name: label\n    kind: string\n---\nuser:\n{{text}}\n").Document!;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long largest = 0;
        int rows = 0;

        DatasetValidation result = DatasetValidator.Validate(prompt, [new PlannedDataset(path, "rows", DatasetSplits.Train, 1)], new Dictionary<string, IReadOnlyList<string>>(), _ =>
        {
            if (++rows % (Rows / 5) == 0)
            {
                largest = Math.Max(largest, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        });

        Assert.IsEmpty(result.Diagnostics);
        Assert.AreEqual(Rows, rows);
        Assert.IsLessThan(Rows * (long)BytesPerRow, largest);
        Assert.IsGreaterThan(2 * Rows * (long)BytesPerRow, new FileInfo(path).Length, "the file must be far larger than what may be kept of it");
    }
}
