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
            string labels = output.Labels.Count == 0 ? AnyOf(output.Field.Type) : "One of " + string.Join(", ", output.Labels.Select(CodeText.Code));
            string description = output.Field.Description is null ? string.Empty : CodeText.Sentence(output.Field.Description) + " ";
            code.Line($"/// <item><description>{CodeText.Code(output.Field.Name)}: {description}{labels}.</description></item>");
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
        Inputs(code, client);
        Tail(code, client, returns);
    }

    /// <summary>The comment of a method that calls the model many times.</summary>
    public static void ManyCalls(CodeWriter code, ClientModel client)
    {
        code.Line($"/// <summary>{CodeText.Sentence(client.Description)} Answers many inputs, several at once, in their order.</summary>")
            .Line("/// <param name=\"inputs\">The inputs of each call; they are read as they are needed.</param>");
        Tail(code, client, "One answer per input, in the same order.");
    }

    /// <summary>The comments of the parameters for inputs.</summary>
    public static void Inputs(CodeWriter code, ClientModel client)
    {
        foreach (InputModel input in client.Inputs)
        {
            code.Line($"/// <param name=\"{input.Parameter.TrimStart('@')}\">{InputText(input)}</param>");
        }
    }

    /// <summary>What an output, a part of it or an argument means.</summary>
    public static string ValueText(string? description, string name, string noun) =>
        description is { Length: > 0 } text ? CodeText.Sentence(text) : $"The {noun} {CodeText.Code(name)}.";

    /// <summary>What a tool does.</summary>
    public static string ToolText(string? description, string name) =>
        description is { Length: > 0 } text ? CodeText.Sentence(text) : $"The function {CodeText.Code(name)}.";

    /// <summary>What an input means.</summary>
    public static string InputText(InputModel input)
    {
        string text = input.Description is { Length: > 0 } description ? CodeText.Sentence(description) : $"The input {CodeText.Code(input.Name)}.";
        if (input.EnumValues.Count > 0)
        {
            text += $" Expected values: {string.Join(", ", input.EnumValues.Select(CodeText.Code))}.";
        }

        return input.Example is { } example ? $"{text} Example: {CodeText.Code(example)}" : text;
    }

    /// <summary>How well an output is answered.</summary>
    public static string ScoreText(Score score) => score.RougeL is { } overlap
        ? $"ROUGE-L {CodeText.Percent(overlap)} on {score.Rows.ToString(CultureInfo.InvariantCulture)} test rows{(score.BaseRougeL is { } before ? $" (untuned base: {CodeText.Percent(before)})" : string.Empty)}"
        : $"{CodeText.Percent(score.Accuracy)} of {score.Rows.ToString(CultureInfo.InvariantCulture)} test rows right (untuned base: {CodeText.Percent(score.BaseAccuracy)})";

    private static string AnyOf(TypeModel type) => type.Form switch
    {
        ValueForm.Text => "Any text",
        ValueForm.Integer => "A whole number",
        ValueForm.Number => "A number",
        ValueForm.List => "A list",
        ValueForm.Call => "A call of one of the functions",
        _ => "A record",
    };

    private static void Tail(CodeWriter code, ClientModel client, string returns)
    {
        code.Line("/// <param name=\"options\">How the call is answered, for example by which adapter; null for the defaults.</param>")
            .Line("/// <param name=\"cancellationToken\">Ends the call, also while the model computes.</param>")
            .Line($"/// <returns>{returns}</returns>");
        Scores(code, client, "remarks");
        code.Line("/// <exception cref=\"global::System.OperationCanceledException\">The call was cancelled.</exception>")
            .Line("/// <exception cref=\"global::System.ObjectDisposedException\">The client is disposed.</exception>");
    }

    private static void Scores(CodeWriter code, ClientModel client, string element = "para")
    {
        string[] scores = [.. client.Outputs.Where(output => output.Score is not null).Select(output => $"{CodeText.Code(output.Field.Name)} {ScoreText(output.Score!)}")];
        if (scores.Length > 0)
        {
            code.Line($"/// <{element}>Score: {string.Join("; ", scores)}.</{element}>");
        }
    }
}
