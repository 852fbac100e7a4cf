using System.Globalization;
using EdgeBuild.Generators.Models;

namespace EdgeBuild.Generators.Writing;

/// <summary>Writes what editors show on hover: the prompt, inputs, labels, examples and scores. Rows of datasets never get here.</summary>
internal static class DocumentationWriter
{
    /// <summary>The comment of the client's class.</summary>
    public static void Client(CodeWriter code, ClientModel client)
    {
        code.Line($"/// <summary>{CodeText.Sentence(client.Description)}</summary>").Line("/// <remarks>");
        code.Line($"/// <para>Answers the prompt {CodeText.Code(client.Prompt)} with the model {CodeText.Code(client.Model)}, inside of this process. Calls may come from any thread.</para>");
        Scores(code, client);
        code.Line("/// <para>Inputs:</para>").Line("/// <list type=\"bullet\">");
        foreach (InputModel input in client.Inputs)
        {
            code.Line($"/// <item><description>{CodeText.Code(input.Name)}: {InputText(input)}</description></item>");
        }

        code.Line("/// </list>").Line("/// <para>Outputs:</para>").Line("/// <list type=\"bullet\">");
        foreach (OutputModel output in client.Outputs)
        {
            string labels = output.Labels.Count == 0 ? "Any text" : "One of " + string.Join(", ", output.Labels.Select(label => CodeText.Code(label.Text)));
            string description = output.Description is null ? string.Empty : CodeText.Sentence(output.Description) + " ";
            code.Line($"/// <item><description>{CodeText.Code(output.Name)}: {description}{labels}.</description></item>");
        }

        code.Line("/// </list>").Line("/// <para>Prompt:</para>").Line("/// <code>");
        foreach (string line in client.Body)
        {
            code.Line(("/// " + CodeText.Xml(line)).TrimEnd());
        }

        code.Line("/// </code>").Line("/// </remarks>");
    }

    /// <summary>The comment of a method that calls the model.</summary>
    public static void Call(CodeWriter code, ClientModel client, string returns)
    {
        code.Line($"/// <summary>{CodeText.Sentence(client.Description)}</summary>");
        foreach (InputModel input in client.Inputs)
        {
            code.Line($"/// <param name=\"{input.Parameter.TrimStart('@')}\">{InputText(input)}</param>");
        }

        code.Line("/// <param name=\"cancellationToken\">Ends the call, also while the model computes.</param>")
            .Line($"/// <returns>{returns}</returns>");
        Scores(code, client, "remarks");
        code.Line("/// <exception cref=\"global::System.OperationCanceledException\">The call was cancelled.</exception>")
            .Line("/// <exception cref=\"global::System.ObjectDisposedException\">The client is disposed.</exception>");
    }

    /// <summary>What an output means.</summary>
    public static string OutputText(OutputModel output) =>
        output.Description is { Length: > 0 } description ? CodeText.Sentence(description) : $"The output {CodeText.Code(output.Name)}.";

    /// <summary>How well an output is answered.</summary>
    public static string ScoreText(Score score) =>
        $"{CodeText.Percent(score.Accuracy)} of {score.Rows.ToString(CultureInfo.InvariantCulture)} test rows right (untuned base: {CodeText.Percent(score.BaseAccuracy)})";

    private static string InputText(InputModel input)
    {
        string text = input.Description is { Length: > 0 } description ? CodeText.Sentence(description) : $"The input {CodeText.Code(input.Name)}.";
        if (input.EnumValues.Count > 0)
        {
            text += $" Expected values: {string.Join(", ", input.EnumValues.Select(CodeText.Code))}.";
        }

        return input.Example is { } example ? $"{text} Example: {CodeText.Code(example)}" : text;
    }

    private static void Scores(CodeWriter code, ClientModel client, string element = "para")
    {
        string[] scores = [.. client.Outputs.Where(output => output.Score is not null).Select(output => $"{CodeText.Code(output.Name)} {ScoreText(output.Score!)}")];
        if (scores.Length > 0)
        {
            code.Line($"/// <{element}>Score: {string.Join("; ", scores)}.</{element}>");
        }
    }
}
