using EdgeBuild.Generators.Models;

namespace EdgeBuild.Generators.Writing;

/// <summary>Writes records.</summary>
internal static class RecordWriter
{
    /// <summary>Writes a record with its documentation.</summary>
    /// <param name="code">Receives the code.</param>
    /// <param name="record">The record.</param>
    /// <param name="baseType">The type that it derives from, or null.</param>
    /// <param name="writeMembers">Writes members of its own, or null for none.</param>
    public static void Write(CodeWriter code, RecordModel record, string? baseType = null, Action? writeMembers = null)
    {
        code.Line($"/// <summary>{record.Summary}</summary>");
        foreach (PropertyModel property in record.Properties)
        {
            code.Line($"/// <param name=\"{property.Property}\">{DocumentationWriter.OutputText(property.Description, property.Name)}</param>");
        }

        string head = $"public sealed record {record.Name}({string.Join(", ", record.Properties.Select(property => $"{property.TypeName} {property.Property}"))})"
            + (baseType is null ? string.Empty : " : " + baseType);
        code.Line(Names.GeneratedCode);
        if (!record.HasLists && writeMembers is null)
        {
            code.Line(head + ";").Line();
            return;
        }

        code.Line(head).Open();
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
        foreach (PropertyModel property in record.Properties)
        {
            code.Line($"&& {AreEqual(property)}");
        }

        code.Line(";")
            .Outdent()
            .Line()
            .Line("/// <inheritdoc/>")
            .Line("public override int GetHashCode()")
            .Open()
            .Line("var hash = default(global::System.HashCode);");
        foreach (PropertyModel property in record.Properties)
        {
            // The number of items is enough: equal lists have equal numbers.
            string value = property.Type.Form == ValueForm.List ? $"this.{property.Property}{(property.IsOptional ? "?" : string.Empty)}.Count" : $"this.{property.Property}";
            code.Line($"hash.Add({value});");
        }

        code.Line("return hash.ToHashCode();").Close();
    }

    private static string AreEqual(PropertyModel property)
    {
        string left = $"this.{property.Property}";
        string right = $"other.{property.Property}";
        if (property.Type.Form != ValueForm.List)
        {
            return $"global::System.Collections.Generic.EqualityComparer<{property.TypeName}>.Default.Equals({left}, {right})";
        }

        string equal = ListsAreEqual(property.Type, left, right, 1);
        return property.IsOptional ? $"({left} is null ? {right} is null : {right} is not null && {equal})" : equal;
    }

    private static string ListsAreEqual(TypeModel list, string left, string right, int depth) => list.Item is { Form: ValueForm.List } inner
        ? $"{left}.Count == {right}.Count && {Names.Linq}.All({Names.Linq}.Zip({left}, {right}), static pair{depth} => {ListsAreEqual(inner, $"pair{depth}.First", $"pair{depth}.Second", depth + 1)})"
        : $"{Names.Linq}.SequenceEqual({left}, {right})";
}
