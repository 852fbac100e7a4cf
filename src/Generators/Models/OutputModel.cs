namespace EdgeBuild.Generators.Models;

/// <summary>An output as a property of the result.</summary>
/// <param name="Field">The property.</param>
/// <param name="Labels">The labels of a labelled string or a Boolean; empty for other outputs.</param>
/// <param name="Score">The score, or null.</param>
internal sealed record OutputModel(PropertyModel Field, EquatableArray<string> Labels, Score? Score);
