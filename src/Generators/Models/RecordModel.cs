namespace EdgeBuild.Generators.Models;

/// <summary>A record of the answer.</summary>
/// <param name="Name">The name of the type.</param>
/// <param name="Summary">What it is, as XML.</param>
/// <param name="Properties">The properties.</param>
internal sealed record RecordModel(string Name, string Summary, EquatableArray<PropertyModel> Properties)
{
    /// <summary>Gets a value indicating whether the equality that the compiler makes would compare a list by reference.</summary>
    public bool HasLists => Properties.Any(property => property.Type.Form == ValueForm.List);
}
