using EdgeBuild.Generators.Models;

namespace EdgeBuild.Generators.Writing;

/// <summary>Writes records.</summary>
internal static class RecordWriter
{
    /// <summary>Writes a record with its documentation.</summary>
    /// <param name="code">Receives the code.</param>
    /// <param name="record">The record.</param>
    /// <param name="noun">What the documentation calls a property.</param>
    /// <param name="baseType">The type that it derives from, or null.</param>
    /// <param name="writeMembers">Writes members of its own, or null for none.</param>
    public static void Write(CodeWriter code, RecordModel record, string noun = "value", string? baseType = null, Action? writeMembers = null)
    {
        code.Line($"/// <summary>{record.Summary}</summary>");
        foreach (PropertyModel property in record.Properties)
        {
            code.Line($"/// <param name=\"{property.Property}\">{DocumentationWriter.ValueText(property.Description, property.Name, noun)}</param>");
        }

        string head = $"public sealed record {record.Name}({string.Join(", ", record.Properties.Select(property => $"{property.TypeName} {property.Property}"))})"
            + (baseType is null ? string.Empty : " : " + baseType);
        code.Line(Names.GeneratedCode);
        if (!record.HasLists && writeMembers is null)
        {
            code.Declaration(head + ";").Line();
            return;
        }

        code.Declaration(head).Open();
        writeMembers?.Invoke();
        if (record.HasLists)
        {
            if (writeMembers is not null)
            {
                code.Line();
            }

            WriteEquality(code, record);
        }

        code.Close().Line();
    }

    private static void WriteEquality(CodeWriter code, RecordModel record)
    {
        code.Line("/// <summary>Whether both have the same values; lists are compared item by item.</summary>")
            .Line("/// <param name=\"other\">The other one.</param>")
            .Line("/// <returns>True when they are equal.</returns>")
            .Line($"public bool Equals({record.Name}? other) =>")
            .Indent()
            .Line("other is not null");
        for (int index = 0; index < record.Properties.Count; index++)
        {
            code.Line($"&& {AreEqual(record.Properties[index])}{(index + 1 < record.Properties.Count ? string.Empty : ";")}");
        }

        code.Outdent()
            .Line()
            .Line("/// <inheritdoc/>")
            .Line("public override int GetHashCode()")
            .Open()
            .Line("var hash = default(global::System.HashCode);");
        foreach (PropertyModel property in record.Properties)
        {
            // The number of items is enough: equal lists have equal numbers.
            code.Line($"hash.Add({property.Property}{(property.Type.Form == ValueForm.List ? (property.IsOptional ? "?.Count" : ".Count") : string.Empty)});");
        }

        code.Line("return hash.ToHashCode();").Close();
    }

    private static string AreEqual(PropertyModel property)
    {
        string left = property.Property;
        string right = $"other.{property.Property}";
        switch (property.Type.Form)
        {
            case ValueForm.Number:
                // Unlike ==, this finds NaN equal to itself, as the equality of records does.
                return $"{left}.Equals({right})";
            case ValueForm.List:
                string equal = ListsAreEqual(property.Type, left, right, 1);
                return property.IsOptional ? $"({left} is null ? {right} is null : {right} is not null && {equal})" : equal;
            default:
                return $"{left} == {right}";
        }
    }

    private static string ListsAreEqual(TypeModel list, string left, string right, int depth) => list.Item is { Form: ValueForm.List } inner
        ? $"{left}.Count == {right}.Count && {Names.Linq}.All({Names.Linq}.Zip({left}, {right}), static pair{depth} => {ListsAreEqual(inner, $"pair{depth}.First", $"pair{depth}.Second", depth + 1)})"
        : $"{Names.Linq}.SequenceEqual({left}, {right})";
}
