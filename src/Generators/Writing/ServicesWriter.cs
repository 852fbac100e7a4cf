using EdgeBuild.Generators.Models;

namespace EdgeBuild.Generators.Writing;

/// <summary>Writes the method that adds the client to an app's services, and what is injected: it follows an exchange of the model.</summary>
internal static class ServicesWriter
{
    private const string Collection = "global::Microsoft.Extensions.DependencyInjection.IServiceCollection";
    // No input of a prompt has this name, which a parameter of the call would hide.
    private const string Lambda = "__client";

    /// <summary>Writes the class.</summary>
    public static void Write(CodeWriter code, ClientModel client)
    {
        ClientNames names = client.Names;
        string options = Names.Runtime + "EdgeClientOptions";
        code.Line($"/// <summary>Adds <see cref=\"{names.Client}\"/> to an app's services.</summary>")
            .Line(Names.GeneratedCode)
            .Line($"public static class {names.Services}")
            .Open()
            .Line($"/// <summary>Adds <see cref=\"{names.Interface}\"/> as a singleton. Its model is exchanged through <see cref=\"{Names.Runtime}EdgeClientSwitch{{TClient}}\"/> of <see cref=\"{names.Client}\"/>, another service.</summary>")
            .Line("/// <param name=\"services\">The services.</param>")
            .Line("/// <param name=\"configure\">Sets how the model is found and run, with the services at hand; null for the defaults.</param>")
            .Line("/// <returns>The same services.</returns>")
            .Declaration($"public static {Collection} Add{names.Client}(this {Collection} services, global::System.Action<global::System.IServiceProvider, {options}>? configure = null) =>")
            .Indent()
            .Line($"{Names.Runtime}EdgeServiceCollectionExtensions.AddEdgeClient<{names.Interface}, {names.Client}>(")
            .Indent()
            .Line($"services, {names.Client}.Definition, static options => new {names.Client}(options), configure, static models => new {Follower(client)}(models));")
            .Outdent()
            .Outdent()
            .Line();
        WriteFollower(code, client);
        code.Close().Line();
    }

    // Not the name of the client, which it would hide.
    private static string Follower(ClientModel client) => client.Names.Client + "Follower";

    private static void WriteFollower(CodeWriter code, ClientModel client)
    {
        string models = $"{Names.Runtime}EdgeClientSwitch<{client.Names.Client}>";
        string arguments = CallWriter.Arguments(client);
        code.Line("/// <summary>Sends each call to the client that the switch has at that time.</summary>")
            .Line($"private sealed class {Follower(client)} : {client.Names.Interface}")
            .Open()
            .Line($"private readonly {models} _models;")
            .Line()
            .Line($"public {Follower(client)}({models} models) => _models = models;");
        Write(CallWriter.Run(client), $"new {Names.ValueTask}<{client.Names.Result}>(_models.CallAsync({Lambda} => {Lambda}.RunAsync({arguments}, options, cancellationToken)))");
        Write(
            CallWriter.Predict(client),
            $"new {Names.ValueTask}<{CallWriter.Prediction(client)}>(_models.CallAsync({Lambda} => {Lambda}.PredictAsync({arguments}, options, cancellationToken)))");
        foreach (string rows in new[] { Names.Enumerable, Names.AsyncEnumerable })
        {
            Write(CallWriter.PredictMany(client, rows), $"_models.StreamAsync({Lambda} => {Lambda}.PredictManyAsync(inputs, options, cancellationToken), cancellationToken)");
        }

        if (client.IsStreamed)
        {
            Write(CallWriter.Stream(client), $"_models.StreamAsync({Lambda} => {Lambda}.StreamAsync({arguments}, options, cancellationToken), cancellationToken)");
        }

        code.Close();

        void Write(string signature, string body) => code
            .Line()
            .Line("/// <inheritdoc/>")
            .Declaration($"public {signature} =>")
            .Indent().Line(body + ";").Outdent();
    }
}
