namespace EdgeBuild.Worker.Pipeline;

/// <summary>Holds back a part of the rows, stratified by the labels of the first labelled output, the same part for the same rows and seed.</summary>
public static class RowSplit
{
    /// <summary>Splits rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="share">The share to hold back, 0 to 1; at least one row of every label that has four or more, and of a prompt without labels.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>The rows that remain and those held back, both in their old order.</returns>
    public static (IReadOnlyList<LabelledRow> Remaining, IReadOnlyList<LabelledRow> HeldBack) Stratified(
        IReadOnlyList<LabelledRow> rows, double share, int seed)
    {
        var heldBack = new HashSet<LabelledRow>(ReferenceEqualityComparer.Instance);
        foreach (IGrouping<(string, string), LabelledRow> stratum in rows.GroupBy(row => (row.Prompt.Name, Label(row))))
        {
            // Ordered by a hash of seed and content instead of a random draw: adding a row moves no other row to the other side, so
            // that a refresh validates on the rows that the first training validated on.
            LabelledRow[] ordered = [.. stratum.OrderBy(row => Contracts.ContentKey.OfText($"{seed} {row.Hash}"), StringComparer.Ordinal)];
            int count = ordered.Length < 4 ? 0 : Math.Max(1, (int)Math.Round(ordered.Length * share));
            heldBack.UnionWith(ordered.Take(count));
        }

        return ([.. rows.Where(row => !heldBack.Contains(row))], [.. rows.Where(heldBack.Contains)]);
    }

    // Texts, records and calls seldom occur twice: strata of them would hold back nothing, or only the answers that repeat.
    private static string Label(LabelledRow row) =>
        row.Prompt.Document.Outputs.Zip(row.Values).FirstOrDefault(output => output.First.IsLabelled).Second ?? string.Empty;
}
