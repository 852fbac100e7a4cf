using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Contracts.Plans;

/// <summary>The figures of what a plan makes, in a lock file or in the part of one that lies in a cache entry.</summary>
/// <param name="plan">The plan.</param>
/// <param name="file">The lock file.</param>
public sealed class PlannedFigures(TrainingPlan plan, LockFile file)
{
    /// <summary>Gets the figures of all outputs by their keys.</summary>
    public IEnumerable<KeyValuePair<string, LockedMetric>> All => plan.Prompts.SelectMany(Of);

    /// <summary>Gets a value indicating whether they were measured on the test rows of today. Rows that were held back stay what they were.</summary>
    public bool AreOfTheseRows => plan.Prompts.All(prompt => prompt.TestRowsHash.Length == 0 || Of(prompt).All(metric => metric.Value.RowsHash == prompt.TestRowsHash));

    /// <summary>Gets the name of a gate for which nothing was measured, or null: lock files of older versions have fewer figures.</summary>
    public string? UnjudgedGate =>
        plan.Kind == ArtifactKind.PlainModel ? null
        : plan.Kind == ArtifactKind.MergedModel && plan.Gates.MaxQuantizationLoss is not null && All.Any(metric => metric.Value.QuantizationLoss is null) ? "MaxQuantizationLoss"
        : GateLimits.FindUnjudged(plan.Gates, All.Select(metric => metric.Value));

    /// <summary>Gets a value indicating whether a build may ship by them; if not, the evaluation must be run again.</summary>
    public bool AreComplete => AreOfTheseRows && UnjudgedGate is null;

    /// <summary>Finds the figures of a prompt.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <returns>The figures of its outputs by their keys.</returns>
    public IEnumerable<KeyValuePair<string, LockedMetric>> Of(PlannedPrompt prompt) =>
        file.Metrics.Where(entry => entry.Key.StartsWith(plan.MetricKey(prompt.Name, string.Empty), StringComparison.Ordinal));
}
