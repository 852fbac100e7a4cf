using System.Globalization;
using EdgeBuild.Generators.Models;

namespace EdgeBuild.Generators.Writing;

/// <summary>Writes the enum of an output and its conversions from and to labels.</summary>
internal static class EnumWriter
{
    /// <summary>Writes both types.</summary>
    public static void Write(CodeWriter code, ClientModel client, OutputModel output)
    {
        string type = output.EnumType!;
        code.Line($"/// <summary>{DocumentationWriter.OutputText(output)}</summary>")
            .Line("/// <remarks>")
            .Line($"/// <para>The labels of the output {CodeText.Code(output.Name)} of the prompt {CodeText.Code(client.Prompt)}. Values follow the order of the labels; new labels come last.</para>");
        if (output.Score is { } score)
        {
            code.Line($"/// <para>Score: {DocumentationWriter.ScoreText(score)}.</para>");
        }

        code.Line("/// </remarks>").Line(ClientWriter.GeneratedCode).Line($"public enum {type}").Open();
        for (int index = 0; index < output.Labels.Count; index++)
        {
            if (index > 0)
            {
                code.Line();
            }

            code.Line($"/// <summary>The label {CodeText.Code(output.Labels[index].Text)}.</summary>")
                .Line($"{output.Labels[index].Member} = {index.ToString(CultureInfo.InvariantCulture)},");
        }

        code.Close().Line();
        code.Line($"/// <summary>Converts <see cref=\"{type}\"/> from and to the labels of the prompt.</summary>")
            .Line(ClientWriter.GeneratedCode)
            .Line($"public static class {ClientModel.LabelsOf(type)}")
            .Open()
            .Line("/// <summary>The label of a value.</summary>")
            .Line("/// <param name=\"value\">The value.</param>")
            .Line("/// <returns>The exact text that the model was trained on.</returns>")
            .Line("/// <exception cref=\"global::System.ArgumentOutOfRangeException\">The value is not declared.</exception>")
            .Line($"public static string ToLabel(this {type} value) => value switch")
            .Open();
        foreach (LabelModel label in output.Labels)
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
        foreach (LabelModel label in output.Labels)
        {
            code.Line($"{CodeText.Literal(label.Text)} => {type}.{label.Member},");
        }

        code.Line($"_ => throw new global::System.ArgumentException(\"There is no such label of {type}.\", nameof(label)),")
            .Close(";")
            .Close()
            .Line();
    }
}
