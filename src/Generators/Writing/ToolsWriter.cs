using EdgeBuild.Generators.Models;

namespace EdgeBuild.Generators.Writing;

/// <summary>Writes the calls of tools, the interface that the app implements, and the dispatcher between both.</summary>
internal static class ToolsWriter
{
    /// <summary>Writes all types; nothing for a prompt without tools.</summary>
    public static void Write(CodeWriter code, ClientModel client)
    {
        if (client.Tools.Count == 0)
        {
            return;
        }

        WriteInterface(code, client);
        WriteBase(code, client);
        foreach (ToolModel tool in client.Tools)
        {
            RecordWriter.Write(code, tool.Call, "argument", client.Names.Call, () => WriteInvoke(code, client, tool));
        }

        WriteDispatcher(code, client);
    }

    private static void WriteInterface(CodeWriter code, ClientModel client)
    {
        code.Line($"/// <summary>The functions that answers of <see cref=\"{client.Names.Client}\"/> may call, as the app implements them.</summary>")
            .Line("/// <typeparam name=\"TResult\">What the functions give back to the app.</typeparam>")
            .Line(Names.GeneratedCode)
            .Line($"public interface {client.Names.Tools}<TResult>")
            .Open();
        for (int index = 0; index < client.Tools.Count; index++)
        {
            ToolModel tool = client.Tools[index];
            if (index > 0)
            {
                code.Line();
            }

            code.Line($"/// <summary>{DocumentationWriter.ToolText(tool.Description, tool.Name)}</summary>");
            string parameters = string.Empty;
            for (int position = 0; position < tool.Parameters.Count; position++)
            {
                PropertyModel argument = tool.Call.Properties[position];
                code.Line($"/// <param name=\"{tool.Parameters[position].TrimStart('@')}\">{DocumentationWriter.ValueText(argument.Description, argument.Name, "argument")}</param>");
                parameters += $"{argument.TypeName} {tool.Parameters[position]}, ";
            }

            code.Line("/// <param name=\"cancellationToken\">Ends the work.</param>")
                .Line("/// <returns>The result.</returns>")
                .Declaration($"{Names.ValueTask}<TResult> {tool.Method}Async({parameters}{Names.CancellationToken} cancellationToken);");
        }

        code.Close().Line();
    }

    private static void WriteBase(CodeWriter code, ClientModel client) => code
        .Line($"/// <summary>One call of one of the functions that <see cref=\"{client.Names.Client}\"/> chooses from.</summary>")
        .Line(Names.GeneratedCode)
        .Line($"public abstract record {client.Names.Call}")
        .Open()
        .Line($"private protected {client.Names.Call}()")
        .Open()
        .Close()
        .Line()
        .Line("/// <summary>Runs the function that was chosen, with its arguments.</summary>")
        .Line("/// <typeparam name=\"TResult\">What the functions give back.</typeparam>")
        .Line("/// <param name=\"tools\">The functions of the app.</param>")
        .Line("/// <param name=\"cancellationToken\">Ends the work.</param>")
        .Line("/// <returns>What the function gives back.</returns>")
        .Declaration($"public abstract {Invoke(client)};")
        .Close()
        .Line();

    private static void WriteInvoke(CodeWriter code, ClientModel client, ToolModel tool)
    {
        string arguments = string.Concat(tool.Call.Properties.Select(property => $"{property.Property}, "));
        code.Line("/// <inheritdoc/>")
            .Declaration($"public override {Invoke(client)}")
            .Open()
            .Line($"{Names.ThrowIfNull}(tools);")
            .Line($"return tools.{tool.Method}Async({arguments}cancellationToken);")
            .Close();
    }

    private static void WriteDispatcher(CodeWriter code, ClientModel client)
    {
        string call = client.Outputs[0].Field.Property;
        code.Line($"/// <summary>Runs the functions that answers of <see cref=\"{client.Names.Interface}\"/> choose.</summary>")
            .Line(Names.GeneratedCode)
            .Line($"public static class {client.Names.Dispatcher}")
            .Open()
            .Line("/// <summary>Asks the model which function to call, and calls it.</summary>")
            .Line("/// <typeparam name=\"TResult\">What the functions give back.</typeparam>")
            .Line("/// <param name=\"client\">The client.</param>");
        DocumentationWriter.Inputs(code, client);
        code.Line("/// <param name=\"tools\">The functions of the app.</param>")
            .Line("/// <param name=\"options\">How the call is answered; null for the defaults.</param>")
            .Line("/// <param name=\"cancellationToken\">Ends the work.</param>")
            .Line("/// <returns>What the function gives back.</returns>")
            .Declaration($"public static async {Names.ValueTask}<TResult> DispatchAsync<TResult>(this {client.Names.Interface} client, {CallWriter.Parameters(client)}, {client.Names.Tools}<TResult> tools, {client.Names.Options}? options = null, {Names.CancellationToken} cancellationToken = default)")
            .Open()
            .Line($"{Names.ThrowIfNull}(client);")
            .Line($"{Names.ThrowIfNull}(tools);")
            .Line($"{client.Names.Result} answer = await client.RunAsync({CallWriter.Arguments(client)}, options, cancellationToken).ConfigureAwait(false);")
            .Line($"return await answer.{call}.InvokeAsync(tools, cancellationToken).ConfigureAwait(false);")
            .Close()
            .Close()
            .Line();
    }

    private static string Invoke(ClientModel client) =>
        $"{Names.ValueTask}<TResult> InvokeAsync<TResult>({client.Names.Tools}<TResult> tools, {Names.CancellationToken} cancellationToken = default)";
}
