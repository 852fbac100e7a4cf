using EdgeBuild.Generators.Models;

namespace EdgeBuild.Generators.Writing;

/// <summary>Writes the client for unit tests. Apps that do not use it pay nothing when they are trimmed.</summary>
internal static class FakeWriter
{
    /// <summary>Writes the class.</summary>
    public static void Write(CodeWriter code, ClientModel client)
    {
        ClientNames names = client.Names;
        string answers = $"{Names.Runtime}Testing.FakeAnswers<{client.Row}, {names.Options}, {names.Result}>";
        string call = $"{Names.Runtime}Testing.FakeCall<{client.Row}, {names.Options}>";
        string function = $"global::System.Func<{client.Row}, {names.Result}>";
        code.Line($"/// <summary>An <see cref=\"{names.Interface}\"/> for unit tests: answers what the test says and remembers what it was asked. It loads no model.</summary>")
            .Line(Names.GeneratedCode)
            .Line($"public sealed class {names.Fake} : {names.Interface}")
            .Open()
            .Line($"private readonly {answers} _answers;")
            .Line()
            .Line("/// <summary>Gives the same answer to every call.</summary>")
            .Line("/// <param name=\"answer\">The answer.</param>")
            .Line("/// <param name=\"confidence\">The probability of the answer of each output, from 0 to 1.</param>")
            .Line($"public {names.Fake}({names.Result} answer, double confidence = 1)")
            .Indent().Line(": this(_ => answer, confidence)").Outdent()
            .Open().Close()
            .Line()
            .Line("/// <summary>Computes the answers.</summary>")
            .Line("/// <param name=\"answer\">Gives the answer to an input; may throw what the test wants thrown.</param>")
            .Line("/// <param name=\"confidence\">The probability of the answer of each output, from 0 to 1.</param>")
            .Declaration($"public {names.Fake}({function} answer, double confidence = 1) =>")
            .Indent().Line($"_answers = new {answers}({names.Client}.Definition, ToTexts, answer, confidence);").Outdent()
            .Line()
            .Line("/// <summary>Gets what was asked, in order.</summary>")
            .Line($"public {Names.List}<{call}> Calls => _answers.Calls;");
        WriteCalls(code, client);
        code.Line()
            .Line($"private static global::System.Collections.Generic.KeyValuePair<string, string>[] ToTexts({names.Result} answer) =>")
            .Indent().Line("new global::System.Collections.Generic.KeyValuePair<string, string>[]").Open();
        foreach (OutputModel output in client.Outputs)
        {
            code.Line($"new({CodeText.Literal(output.Field.Name)}, {ToText(output.Field)}),");
        }

        code.Close(";").Outdent().Close();
    }

    private static void WriteCalls(CodeWriter code, ClientModel client)
    {
        string row = CallWriter.ToRow(client);
        code.Line()
            .Line("/// <inheritdoc/>")
            .Declaration($"public {CallWriter.Run(client)} =>")
            .Indent().Line($"new {Names.ValueTask}<{client.Names.Result}>(_answers.Answer({row}, options, cancellationToken).Value);").Outdent()
            .Line()
            .Line("/// <inheritdoc/>")
            .Declaration($"public {CallWriter.Predict(client)} =>")
            .Indent().Line($"new {Names.ValueTask}<{CallWriter.Prediction(client)}>(_answers.Answer({row}, options, cancellationToken));").Outdent();
        foreach (string rows in new[] { Names.Enumerable, Names.AsyncEnumerable })
        {
            code.Line()
                .Line("/// <inheritdoc/>")
                .Declaration($"public {CallWriter.PredictMany(client, rows)} =>")
                .Indent().Line("_answers.AnswerManyAsync(inputs, options, cancellationToken);").Outdent();
        }

        if (client.IsStreamed)
        {
            code.Line()
                .Line("/// <inheritdoc/>")
                .Declaration($"public {CallWriter.Stream(client)} =>")
                .Indent().Line($"_answers.StreamAsync({row}, options, cancellationToken);").Outdent();
        }
    }

    private static string ToText(PropertyModel field)
    {
        string value = "answer." + field.Property;
        return field.IsOptional ? $"{value} is {{ }} value{field.Property} ? {ToText(field.Type, "value" + field.Property)} : string.Empty" : ToText(field.Type, value);
    }

    private static string ToText(TypeModel type, string value) => type.Form switch
    {
        ValueForm.Text => value,
        ValueForm.Boolean => $"({value} ? \"true\" : \"false\")",
        ValueForm.Label => $"{value}.ToLabel()",
        ValueForm.Integer => $"{value}.ToString({Names.Invariant})",
        ValueForm.Number => $"{value}.ToString(\"R\", {Names.Invariant})",

        // The text of lists, objects and calls is JSON, which a test has no use for: it has the value itself.
        _ => "string.Empty",
    };
}
