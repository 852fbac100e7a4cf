using EdgeBuild.Prompts;

namespace EdgeBuild.Generators.Models;

/// <summary>An output as a property of the result.</summary>
/// <param name="Name">The name in the prompt file.</param>
/// <param name="Property">The name of the property.</param>
/// <param name="Kind">The kind.</param>
/// <param name="EnumType">The name of the enum of a labelled string; null for other outputs.</param>
/// <param name="Description">The description, or null.</param>
/// <param name="Labels">The labels of a labelled string or a Boolean; empty for free text.</param>
/// <param name="Score">The score, or null.</param>
internal sealed record OutputModel(
    string Name,
    string Property,
    PromptValueKind Kind,
    string? EnumType,
    string? Description,
    EquatableArray<LabelModel> Labels,
    Score? Score)
{
    /// <summary>Gets the type of the property.</summary>
    public string Type => EnumType ?? (Kind == PromptValueKind.Boolean ? "bool" : "string");
}
