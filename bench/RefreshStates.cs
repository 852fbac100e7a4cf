using EdgeBuild.Contracts;

namespace EdgeBuild.Benchmarks;

/// <summary>Two states of one dataset: the second has a share of the rows of the first exchanged for others.</summary>
/// <param name="Task">The task.</param>
/// <param name="Before">The file of the first state.</param>
/// <param name="After">The file of the second state.</param>
/// <param name="RowCount">The number of training rows of either state.</param>
/// <param name="ChangedCount">The number of rows that were exchanged.</param>
internal sealed record RefreshStates(IntentTask Task, string Before, string After, int RowCount, int ChangedCount)
{
    /// <summary>Reads a folder and writes both states.</summary>
    /// <param name="source">The folder.</param>
    /// <param name="wanted">The number of training rows; fewer when there are not so many.</param>
    /// <param name="changedShare">The share to exchange.</param>
    /// <param name="folder">Where to write.</param>
    /// <returns>The states.</returns>
    public static RefreshStates Read(string source, int wanted, double changedShare, string folder)
    {
        // Each text once, in an order that means nothing and is always the same.
        (string Text, string Category)[] train =
        [
            .. IntentRows.Read(Path.Combine(source, "train.csv")).DistinctBy(row => row.Text).OrderBy(row => ContentKey.OfText(row.Text), StringComparer.Ordinal),
        ];
        int rows = Math.Min(wanted, (int)(train.Length / (1 + changedShare)));
        int changed = (int)Math.Round(rows * changedShare);

        // A label that only one state has would make another prompt of it, and no refresh; so labels are those that both have.
        string[] labels =
        [
            .. train.Take(rows).Select(row => row.Category).Intersect(train.Skip(changed).Take(rows).Select(row => row.Category)).Order(StringComparer.Ordinal),
        ];
        train = [.. train.Where(row => labels.Contains(row.Category))];
        IEnumerable<(string Text, string Category)> test = IntentRows.Read(Path.Combine(source, "test.csv")).Where(row => labels.Contains(row.Category));
        rows = Math.Min(rows, train.Length - changed);
        return new RefreshStates(
            IntentTask.Create(labels, test.OrderBy(row => ContentKey.OfText(row.Text), StringComparer.Ordinal).Take(rows), folder),
            IntentRows.Write(Path.Combine(folder, "before.csv"), train.Take(rows)),
            IntentRows.Write(Path.Combine(folder, "after.csv"), train.Skip(changed).Take(rows)),
            rows,
            changed);
    }
}
