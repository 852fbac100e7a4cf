using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Contracts.Plans;

/// <summary>Holds the figures of an output against the gates that need no other version: a build after training and one with a cached model judge alike.</summary>
public static class GateLimits
{
    /// <summary>Finds the gates that are not reached.</summary>
    /// <param name="gates">The gates.</param>
    /// <param name="metric">The figures of one output.</param>
    /// <returns>One entry a gate.</returns>
    public static IEnumerable<MissedGate> Missed(PlannedGates gates, LockedMetric metric)
    {
        if (!HasOwnGate(gates, metric) && gates.MinAccuracy is { } accuracy && metric.Accuracy < accuracy)
        {
            yield return new MissedGate("MinAccuracy", "accuracy", metric.Accuracy, accuracy);
        }

        if (Below(gates.MinF1, metric.MacroF1))
        {
            yield return new MissedGate("MinF1", "macro F1", metric.MacroF1!.Value, gates.MinF1!.Value);
        }

        if (Below(gates.MinRougeL, metric.RougeL))
        {
            yield return new MissedGate("MinRougeL", "ROUGE-L", metric.RougeL!.Value, gates.MinRougeL!.Value);
        }

        if (Below(gates.MinChrf, metric.Chrf))
        {
            yield return new MissedGate("MinChrf", "chrF", metric.Chrf!.Value, gates.MinChrf!.Value);
        }

        if (Below(gates.MinFieldAccuracy, metric.FieldAccuracy))
        {
            yield return new MissedGate("MinFieldAccuracy", "share of exact fields", metric.FieldAccuracy!.Value, gates.MinFieldAccuracy!.Value);
        }
    }

    /// <summary>Whole texts and records are rarely exact, so a gate made for them takes the place of MinAccuracy.</summary>
    private static bool HasOwnGate(PlannedGates gates, LockedMetric metric) =>
        (metric.RougeL is not null && (gates.MinRougeL ?? gates.MinChrf) is not null) || (metric.FieldAccuracy is not null && gates.MinFieldAccuracy is not null);

    private static bool Below(double? gate, double? figure) => figure < gate;
}
