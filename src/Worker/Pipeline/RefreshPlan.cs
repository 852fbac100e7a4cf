namespace EdgeBuild.Worker.Pipeline;

/// <summary>
/// What a refresh trains on: the rows that the parent adapter has not seen, and a sample of those that it has, so that it does not
/// forget them (docs/recipe.md).
/// </summary>
/// <param name="Rows">The rows of one pass, changed ones several times.</param>
/// <param name="Changed">The number of rows that the parent has not seen.</param>
public sealed record RefreshPlan(IReadOnlyList<LabelledRow> Rows, int Changed)
{
    /// <summary>A larger share of new or removed rows is trained from the start.</summary>
    private const double LargestShare = 0.25;

    private const int Repetitions = 3;
    private const int LeastReplay = 64;

    /// <summary>Counts the rows that are new and those that are gone.</summary>
    /// <param name="train">The rows to train on now.</param>
    /// <param name="parentRows">The hashes of the rows that the parent was trained on.</param>
    /// <returns>The number; an edited row counts twice.</returns>
    public static int CountDifferences(IReadOnlyList<LabelledRow> train, IReadOnlySet<string> parentRows)
    {
        var hashes = train.Select(row => row.Hash).ToHashSet(StringComparer.Ordinal);
        int common = hashes.Count(parentRows.Contains);
        return hashes.Count - common + parentRows.Count - common;
    }

    /// <summary>Decides whether a refresh is enough.</summary>
    /// <param name="train">The rows to train on now.</param>
    /// <param name="parentRows">The hashes of the rows that the parent was trained on.</param>
    /// <param name="seed">The seed of the sample.</param>
    /// <returns>The refresh, or null when too much has changed.</returns>
    public static RefreshPlan? Create(IReadOnlyList<LabelledRow> train, IReadOnlySet<string> parentRows, int seed)
    {
        if (CountDifferences(train, parentRows) > LargestShare * train.Count)
        {
            return null;
        }

        LabelledRow[] changed = [.. train.Where(row => !parentRows.Contains(row.Hash))];

        // As many old rows as new ones: at the low rate of a refresh that is enough to forget nothing, and more would cost the time that a
        // refresh is there to save.
        int replay = Math.Max(LeastReplay, changed.Length);
        IEnumerable<LabelledRow> sample = train
            .Where(row => parentRows.Contains(row.Hash))
            .OrderBy(row => Contracts.ContentKey.OfText($"replay {seed} {row.Hash}"), StringComparer.Ordinal)
            .Take(replay);
        return new RefreshPlan([.. Enumerable.Repeat(changed, Repetitions).SelectMany(rows => rows), .. sample], changed.Length);
    }
}
