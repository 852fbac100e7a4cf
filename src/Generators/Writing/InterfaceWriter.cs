using EdgeBuild.Generators.Models;

namespace EdgeBuild.Generators.Writing;

/// <summary>Writes the interface of a client and the types that its signatures name.</summary>
internal static class InterfaceWriter
{
    /// <summary>Writes result, row, options and interface.</summary>
    public static void Write(CodeWriter code, ClientModel client)
    {
        RecordWriter.Write(code, new RecordModel(
            client.Names.Result, $"The answer of <see cref=\"{client.Names.Client}\"/>.", new(client.Outputs.Select(output => output.Field))), "output");
        if (client.Inputs.Count > 1)
        {
            WriteInput(code, client);
        }

        code.Line($"/// <summary>How one call of <see cref=\"{client.Names.Client}\"/> is answered.</summary>")
            .Line(Names.GeneratedCode)
            .Line($"public sealed partial class {client.Names.Options} : {Names.Runtime}EdgeCallOptions")
            .Open()
            .Close()
            .Line();
        WriteInterface(code, client);
    }

    private static void WriteInput(CodeWriter code, ClientModel client)
    {
        code.Line($"/// <summary>The inputs of one call of <see cref=\"{client.Names.Client}\"/>, for many at once.</summary>");
        foreach (InputModel input in client.Inputs)
        {
            code.Line($"/// <param name=\"{input.Property}\">{DocumentationWriter.InputText(input)}</param>");
        }

        code.Line(Names.GeneratedCode)
            .Declaration($"public sealed record {client.Names.Input}({string.Join(", ", client.Inputs.Select(input => $"{input.Type} {input.Property}"))});")
            .Line();
    }

    private static void WriteInterface(CodeWriter code, ClientModel client)
    {
        code.Line($"/// <summary>{CodeText.Sentence(client.Description)} Implemented by <see cref=\"{client.Names.Client}\"/>, and by <see cref=\"{client.Names.Fake}\"/> for tests.</summary>")
            .Line(Names.GeneratedCode)
            .Line($"public interface {client.Names.Interface}")
            .Open();
        DocumentationWriter.Call(code, client, "The answer.");
        code.Declaration(CallWriter.Run(client) + ";").Line();
        DocumentationWriter.Call(code, client, client.Outputs.Any(output => output.Labels.Count > 0) ? "The answer with the probability of every label." : "The answer with its probability.");
        code.Declaration(CallWriter.Predict(client) + ";").Line();
        DocumentationWriter.ManyCalls(code, client);
        code.Declaration(CallWriter.PredictMany(client, Names.Enumerable) + ";").Line();
        DocumentationWriter.ManyCalls(code, client);
        code.Declaration(CallWriter.PredictMany(client, Names.AsyncEnumerable) + ";");
        if (client.IsStreamed)
        {
            code.Line();
            DocumentationWriter.Call(code, client, "The pieces of the answer, as they are written; together they are the answer.");
            code.Declaration(CallWriter.Stream(client) + ";");
        }

        code.Close().Line();
    }
}
