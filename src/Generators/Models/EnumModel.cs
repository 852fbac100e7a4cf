namespace EdgeBuild.Generators.Models;

/// <summary>The enum of a closed set of labels.</summary>
/// <param name="Name">The name of the type.</param>
/// <param name="Output">The name of the output, or its path below an output.</param>
/// <param name="Description">What the output means, or null.</param>
/// <param name="Labels">The labels in the order of the prompt.</param>
/// <param name="Score">The score of the output, or null.</param>
internal sealed record EnumModel(string Name, string Output, string? Description, EquatableArray<LabelModel> Labels, Score? Score);
