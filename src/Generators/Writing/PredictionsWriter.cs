using System.Globalization;
using EdgeBuild.Generators.Models;

namespace EdgeBuild.Generators.Writing;

/// <summary>Writes the typed access to probabilities.</summary>
internal static class PredictionsWriter
{
    private const string Dictionary = "global::System.Collections.Generic.Dictionary";
    private const string ReadOnlyDictionary = "global::System.Collections.Generic.IReadOnlyDictionary";

    /// <summary>Writes the class; nothing when no output has labels.</summary>
    public static void Write(CodeWriter code, ClientModel client)
    {
        if (client.Outputs.All(output => output.Labels.Count == 0))
        {
            return;
        }

        code.Line($"/// <summary>The probabilities behind answers of <see cref=\"{client.Names.Client}\"/>.</summary>")
            .Line(Names.GeneratedCode)
            .Line($"public static class {client.Names.Predictions}")
            .Open();
        bool first = true;
        for (int index = 0; index < client.Outputs.Count; index++)
        {
            OutputModel output = client.Outputs[index];
            if (output.Labels.Count == 0)
            {
                continue;
            }

            if (!first)
            {
                code.Line();
            }

            first = false;
            string field = $"prediction.Fields[{index.ToString(CultureInfo.InvariantCulture)}]";
            if (output.Field.Type.Form == ValueForm.Label)
            {
                WriteLabels(code, client, output, output.Field.Type.Name, field);
            }
            else
            {
                WriteBoolean(code, client, output, field);
            }
        }

        code.Close().Line();
    }

    private static void WriteLabels(CodeWriter code, ClientModel client, OutputModel output, string type, string field) => code
        .Line($"/// <summary>How probable each value of <see cref=\"{client.Names.Result}.{output.Field.Property}\"/> is.</summary>")
        .Line("/// <param name=\"prediction\">The answer.</param>")
        .Line("/// <returns>Every value with its probability, from 0 to 1; together they are 1.</returns>")
        .Declaration($"public static {ReadOnlyDictionary}<{type}, double> {output.Field.Property}Probabilities(this global::EdgeBuild.Runtime.Prediction<{client.Names.Result}> prediction)")
        .Open()
        .Line("global::System.ArgumentNullException.ThrowIfNull(prediction);")
        .Line($"var probabilities = new {Dictionary}<{type}, double>();")
        .Line($"foreach (global::EdgeBuild.Runtime.LabelProbability label in {field}.Probabilities)")
        .Open()
        .Line($"probabilities[{ClientNames.LabelsOf(type)}.FromLabel(label.Label)] = label.Probability;")
        .Close()
        .Line()
        .Line("return probabilities;")
        .Close();

    private static void WriteBoolean(CodeWriter code, ClientModel client, OutputModel output, string field) => code
        .Line($"/// <summary>How probable it is that <see cref=\"{client.Names.Result}.{output.Field.Property}\"/> is true.</summary>")
        .Line("/// <param name=\"prediction\">The answer.</param>")
        .Line("/// <returns>The probability, from 0 to 1.</returns>")
        .Line($"public static double {output.Field.Property}Probability(this global::EdgeBuild.Runtime.Prediction<{client.Names.Result}> prediction)")
        .Open()
        .Line("global::System.ArgumentNullException.ThrowIfNull(prediction);")
        .Line($"foreach (global::EdgeBuild.Runtime.LabelProbability label in {field}.Probabilities)")
        .Open()
        .Line("if (label.Label == \"true\")")
        .Open()
        .Line("return label.Probability;")
        .Close()
        .Close()
        .Line()
        .Line("return 0;")
        .Close();
}
