namespace EdgeBuild.Generators.Models;

/// <summary>A property of a record, or a parameter of a tool.</summary>
/// <param name="Name">The name in the prompt file.</param>
/// <param name="Property">The name of the property.</param>
/// <param name="Type">The type.</param>
/// <param name="Description">The description, or null.</param>
/// <param name="IsOptional">Whether the answer may lack it.</param>
internal sealed record PropertyModel(string Name, string Property, TypeModel Type, string? Description, bool IsOptional)
{
    /// <summary>Gets the type with its nullability.</summary>
    public string TypeName => IsOptional ? Type.Name + "?" : Type.Name;
}
