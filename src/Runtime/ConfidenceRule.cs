namespace EdgeBuild.Runtime;

/// <summary>Decides which answers an app can act on.</summary>
/// <param name="levels">What the build has measured, by output; empty for answers that it knows nothing of.</param>
internal sealed class ConfidenceRule(IReadOnlyDictionary<string, EdgeManifestConfidence> levels)
{
    /// <summary>Gets the rule for answers of which nothing was measured: their probability is taken at its word.</summary>
    public static ConfidenceRule Unmeasured { get; } = new(new Dictionary<string, EdgeManifestConfidence>());

    /// <summary>Sets the thresholds of a prediction.</summary>
    /// <param name="prediction">The prediction.</param>
    /// <param name="precision">The share of right answers that is asked for.</param>
    public void Judge(EdgePrediction prediction, double precision)
    {
        foreach (FieldPrediction field in prediction.Fields.Where(field => field.Probabilities.Count > 0))
        {
            field.Threshold = Threshold(field, precision);
        }
    }

    /// <summary>Tells what may be expected of a precision.</summary>
    /// <param name="precision">The share of right answers that is asked for.</param>
    /// <returns>One entry for each output of which something was measured.</returns>
    public IReadOnlyList<EdgeCoverage> Coverage(double precision) =>
    [
        .. levels.Select(entry => (entry.Key, entry.Value, Level: entry.Value.FindLevel(precision)))
            .Where(entry => entry.Level is not null)
            .Select(entry => new EdgeCoverage(entry.Key, entry.Level!.Precision, entry.Level.Coverage, entry.Level.Measured, entry.Value.TestRows)),
    ];

    private double Threshold(FieldPrediction field, double precision)
    {
        if (!levels.TryGetValue(field.Name, out EdgeManifestConfidence? measured) || measured.Levels.Count == 0)
        {
            return precision;
        }

        EdgeManifestPrecision? level = measured.FindLevel(precision);
        double threshold = (level ?? measured.Levels[^1]).Thresholds.TryGetValue(field.Text, out double value) ? value : double.PositiveInfinity;

        // More than the build has measured: the strictest level, and the probability itself.
        return level is null ? Math.Max(threshold, precision) : threshold;
    }
}
