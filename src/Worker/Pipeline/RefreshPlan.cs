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
    private const int ReplayPerChangedRow = 4;

    /// <summary>Decides whether a refresh is enough.</summary>
    /// <param name="train">The rows to train on now.</param>
    /// <param name="parentRows">The hashes of the rows that the parent was trained on.</param>
    /// <param name="seed">The seed of the sample.</param>
    /// <returns>The refresh, or null when too much has changed.</returns>
    public static RefreshPlan? Create(IReadOnlyList<LabelledRow> train, IReadOnlySet<string> parentRows, int seed)
    {
        LabelledRow[] changed = [.. train.Where(row => !parentRows.Contains(row.Hash))];
        int removed = parentRows.Count - (train.Count - changed.Length);
        if (changed.Length + Math.Max(0, removed) > LargestShare * train.Count)
        {
            return null;
        }

        int replay = Math.Max(LeastReplay, ReplayPerChangedRow * changed.Length);
        IEnumerable<LabelledRow> sample = train
            .Where(row => parentRows.Contains(row.Hash))
            .OrderBy(row => Contracts.ContentKey.OfText($"replay {seed} {row.Hash}"), StringComparer.Ordinal)
            .Take(replay);
        return new RefreshPlan([.. Enumerable.Repeat(changed, Repetitions).SelectMany(rows => rows), .. sample], changed.Length);
    }
}
