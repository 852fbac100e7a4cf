namespace EdgeBuild.Runtime;

/// <summary>From which probability on the answers of a labelled output are right at least as often as asked for.</summary>
public sealed class EdgeManifestPrecision
{
    /// <summary>Gets the share of right answers that is asked for, from 0 to 1.</summary>
    public required double Precision { get; init; }

    /// <summary>
    /// Gets for each label the smallest probability at which an answer counts as confident. A label that is not listed is never
    /// confident: on the validation rows it was not right that often at any probability.
    /// </summary>
    public IReadOnlyDictionary<string, double> Thresholds
    {
        // A member that the file lacks is null here: the serializer sets every init property.
        get => field ?? new Dictionary<string, double>();
        init;
    }

    /// <summary>Gets the share of the test rows whose answer is confident, from 0 to 1.</summary>
    public double Coverage { get; init; }

    /// <summary>Gets the share of the confident answers to test rows that are right, from 0 to 1; 1 when there are none.</summary>
    public double Measured { get; init; } = 1;
}
