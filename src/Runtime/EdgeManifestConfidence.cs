namespace EdgeBuild.Runtime;

/// <summary>What a build has measured of the probabilities of one labelled output.</summary>
public sealed class EdgeManifestConfidence
{
    /// <summary>Gets the number of validation rows that temperature and thresholds were fitted on.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the number of test rows that coverage and precision were measured on.</summary>
    public int TestRows { get; init; }

    /// <summary>Gets the thresholds, for rising precision.</summary>
    public IReadOnlyList<EdgeManifestPrecision> Levels
    {
        // A member that the file lacks is null here: the serializer sets every init property.
        get => field ?? [];
        init;
    }

    /// <summary>Gets what tells inputs that are unlike the training data; null where the output has no label head.</summary>
    public EdgeManifestFamiliarity? Familiarity { get; init; }

    /// <summary>Finds the thresholds for a precision.</summary>
    /// <param name="precision">The share of right answers that is asked for, from 0 to 1.</param>
    /// <returns>The lowest level that is at least as strict; null when there is none.</returns>
    public EdgeManifestPrecision? FindLevel(double precision) => Levels.FirstOrDefault(level => level.Precision >= precision);
}
