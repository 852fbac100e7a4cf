namespace EdgeBuild.Generators.Models;

/// <summary>The type of a value.</summary>
/// <param name="Form">What it is.</param>
/// <param name="Name">The type in C#.</param>
/// <param name="Item">The type of the items of a list; else null.</param>
internal sealed record TypeModel(ValueForm Form, string Name, TypeModel? Item = null)
{
    /// <summary>Gets a string.</summary>
    public static TypeModel Text { get; } = new(ValueForm.Text, "string");

    /// <summary>Gets a whole number.</summary>
    public static TypeModel Integer { get; } = new(ValueForm.Integer, "long");

    /// <summary>Gets a number.</summary>
    public static TypeModel Number { get; } = new(ValueForm.Number, "double");

    /// <summary>Gets true or false.</summary>
    public static TypeModel Boolean { get; } = new(ValueForm.Boolean, "bool");

    /// <summary>Gets a value indicating whether an answer gives the value as JSON.</summary>
    public bool IsStructured => Form is ValueForm.List or ValueForm.Record or ValueForm.Call;

    /// <summary>A list.</summary>
    public static TypeModel ListOf(TypeModel item) => new(ValueForm.List, $"global::System.Collections.Generic.IReadOnlyList<{item.Name}>", item);
}
