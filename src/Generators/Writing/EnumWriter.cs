using System.Globalization;
using EdgeBuild.Generators.Models;

namespace EdgeBuild.Generators.Writing;

/// <summary>Writes the enum of a set of labels and its conversions from and to labels.</summary>
internal static class EnumWriter
{
    /// <summary>Writes both types.</summary>
    public static void Write(CodeWriter code, ClientModel client, EnumModel model)
    {
        string type = model.Name;
        code.Line($"/// <summary>{DocumentationWriter.ValueText(model.Description, model.Output, "output")}</summary>")
            .Line("/// <remarks>")
            .Line($"/// <para>The labels of {CodeText.Code(model.Output)} of the prompt {CodeText.Code(client.Prompt)}. A label keeps its value when others are added.</para>");
        if (model.Score is { } score)
        {
            code.Line($"/// <para>Score: {DocumentationWriter.ScoreText(score)}.</para>");
        }

        code.Line("/// </remarks>")
            .Line(Names.GeneratedCode)
            .Line($"[{Names.Json}Serialization.JsonConverter(typeof({Names.Json}Serialization.JsonStringEnumConverter<{type}>))]")
            .Line($"public enum {type}")
            .Open();
        bool first = true;
        foreach (LabelModel label in model.Labels)
        {
            if (!first)
            {
                code.Line();
            }

            first = false;
            code.Line($"/// <summary>The label {CodeText.Code(label.Text)}.</summary>");
            if (label.Member != label.Text)
            {
                code.Line($"[{Names.Json}Serialization.JsonStringEnumMemberName({CodeText.Literal(label.Text)})]");
            }

            code.Line($"{label.Member} = {label.Number.ToString(CultureInfo.InvariantCulture)},");
        }

        code.Close().Line();
        WriteConversions(code, model, type);
    }

    private static void WriteConversions(CodeWriter code, EnumModel model, string type)
    {
        code.Line($"/// <summary>Converts <see cref=\"{type}\"/> from and to the labels of the prompt.</summary>")
            .Line(Names.GeneratedCode)
            .Line($"public static class {ClientNames.LabelsOf(type)}")
            .Open()
            .Line("/// <summary>The label of a value.</summary>")
            .Line("/// <param name=\"value\">The value.</param>")
            .Line("/// <returns>The exact text that the model was trained on.</returns>")
            .Line("/// <exception cref=\"global::System.ArgumentOutOfRangeException\">The value is not declared.</exception>")
            .Line($"public static string ToLabel(this {type} value) => value switch")
            .Open();
        foreach (LabelModel label in model.Labels)
        {
            code.Line($"{type}.{label.Member} => {CodeText.Literal(label.Text)},");
        }

        code.Line("_ => throw new global::System.ArgumentOutOfRangeException(nameof(value), value, null),")
            .Close(";")
            .Line()
            .Line("/// <summary>The value of a label.</summary>")
            .Line("/// <param name=\"label\">The exact label.</param>")
            .Line("/// <returns>The value.</returns>")
            .Line("/// <exception cref=\"global::System.ArgumentException\">There is no such label.</exception>")
            .Line($"public static {type} FromLabel(string label) => label switch")
            .Open();
        foreach (LabelModel label in model.Labels)
        {
            code.Line($"{CodeText.Literal(label.Text)} => {type}.{label.Member},");
        }

        code.Line($"_ => throw new global::System.ArgumentException(\"There is no such label of {type}.\", nameof(label)),")
            .Close(";")
            .Close()
            .Line();
    }
}
