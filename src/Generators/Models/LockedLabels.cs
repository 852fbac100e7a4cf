namespace EdgeBuild.Generators.Models;

/// <summary>The labels of one output in the lock file.</summary>
/// <param name="Key"><c>prompt/output</c>.</param>
/// <param name="Labels">The labels in order.</param>
internal sealed record LockedLabels(string Key, EquatableArray<string> Labels);
