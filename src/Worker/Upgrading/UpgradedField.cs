using YamlDotNet.RepresentationModel;

namespace EdgeBuild.Worker.Upgrading;

/// <summary>An input or output in the terms of Prompty v2.</summary>
/// <param name="Name">The name.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Description">The description, or null.</param>
/// <param name="Example">The example of an input, or null.</param>
/// <param name="Labels">The labels of an output; empty for none.</param>
internal sealed record UpgradedField(string Name, string Kind, string? Description, YamlScalarNode? Example, IReadOnlyList<string> Labels);
