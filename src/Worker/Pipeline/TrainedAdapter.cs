using EdgeBuild.Worker.Reporting;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>An adapter of the cache and how it was made.</summary>
/// <param name="Path">The GGUF adapter.</param>
/// <param name="Losses">The loss curve; empty when the adapter came from the cache.</param>
/// <param name="Facts">Facts of the training, for the report and the manifest.</param>
/// <param name="Suspects">Training rows whose label looked wrong.</param>
public sealed record TrainedAdapter(
    string Path, IReadOnlyList<LossPoint> Losses, IReadOnlyList<KeyValuePair<string, string>> Facts, IReadOnlyList<SuspectedLabel> Suspects);
