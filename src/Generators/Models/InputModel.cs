using EdgeBuild.Prompts;

namespace EdgeBuild.Generators.Models;

/// <summary>An input as a parameter.</summary>
/// <param name="Name">The name in the prompt file.</param>
/// <param name="Parameter">The name of the parameter.</param>
/// <param name="Property">The name of the property of a row.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Description">The description, or null.</param>
/// <param name="Example">The example, or null.</param>
/// <param name="EnumValues">The values that are expected; empty for any.</param>
internal sealed record InputModel(
    string Name, string Parameter, string Property, PromptValueKind Kind, string? Description, string? Example, EquatableArray<string> EnumValues)
{
    /// <summary>Gets the type in C#.</summary>
    public string Type => Kind switch
    {
        PromptValueKind.Integer => "long",
        PromptValueKind.Float => "double",
        PromptValueKind.Boolean => "bool",
        _ => "string",
    };
}
