using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Contracts.Plans;

/// <summary>Holds figures against the gates that need no other version: a build after training and one with a cached model judge alike.</summary>
public static class GateLimits
{
    private static readonly LockedMetric _none = new() { Accuracy = 0, Rows = 0, BaseAccuracy = 0, RowsHash = string.Empty };

    /// <summary>Finds the gates that the figures of an output do not reach.</summary>
    /// <param name="gates">The gates.</param>
    /// <param name="metric">The figures of one output.</param>
    /// <returns>One entry a gate.</returns>
    public static IEnumerable<MissedGate> Missed(PlannedGates gates, LockedMetric metric) =>
        Limits(gates, metric).Where(limit => limit.Measured < limit.Asked).Select(limit => new MissedGate(limit.Gate, limit.Figure, limit.Measured!.Value, limit.Asked!.Value));

    /// <summary>Finds a gate for which no output has a figure: it would let everything pass.</summary>
    /// <param name="gates">The gates.</param>
    /// <param name="metrics">The figures of all outputs.</param>
    /// <returns>The gate's name, or null.</returns>
    public static string? FindUnjudged(PlannedGates gates, IEnumerable<LockedMetric> metrics)
    {
        string[] judged = [.. metrics.SelectMany(metric => Limits(gates, metric)).Where(limit => limit.Measured is not null).Select(limit => limit.Gate)];
        return Limits(gates, _none).Where(limit => limit.Asked is not null).Select(limit => limit.Gate).FirstOrDefault(gate => !judged.Contains(gate, StringComparer.Ordinal));
    }

    private static IEnumerable<(string Gate, string Figure, double? Asked, double? Measured)> Limits(PlannedGates gates, LockedMetric metric) =>
    [
        ("MinAccuracy", "accuracy", HasOwnGate(gates, metric) ? null : gates.MinAccuracy, metric.Accuracy),
        ("MinF1", "macro F1", gates.MinF1, metric.MacroF1),
        ("MinRougeL", "ROUGE-L", gates.MinRougeL, metric.RougeL),
        ("MinChrf", "chrF", gates.MinChrf, metric.Chrf),
        ("MinFieldAccuracy", "share of exact fields", gates.MinFieldAccuracy, metric.FieldAccuracy),
    ];

    /// <summary>Whole texts and records are rarely exact, so a gate made for them takes the place of MinAccuracy.</summary>
    private static bool HasOwnGate(PlannedGates gates, LockedMetric metric) =>
        (metric.RougeL is not null && (gates.MinRougeL ?? gates.MinChrf) is not null) || (metric.FieldAccuracy is not null && gates.MinFieldAccuracy is not null);
}
