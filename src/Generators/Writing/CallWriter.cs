using EdgeBuild.Generators.Models;

namespace EdgeBuild.Generators.Writing;

/// <summary>The signatures that interface, client and fake have in common.</summary>
internal static class CallWriter
{
    /// <summary>The text of an answer with its probabilities.</summary>
    public static string Prediction(ClientModel client) => $"{Names.Runtime}Prediction<{client.Names.Result}>";

    /// <summary>The signature of <c>RunAsync</c>.</summary>
    public static string Run(ClientModel client) => $"{Names.ValueTask}<{client.Names.Result}> RunAsync({Parameters(client)}, {Tail(client)})";

    /// <summary>The signature of <c>PredictAsync</c>.</summary>
    public static string Predict(ClientModel client) => $"{Names.ValueTask}<{Prediction(client)}> PredictAsync({Parameters(client)}, {Tail(client)})";

    /// <summary>The signature of <c>StreamAsync</c>.</summary>
    public static string Stream(ClientModel client) => $"{Names.AsyncEnumerable}<string> StreamAsync({Parameters(client)}, {Tail(client)})";

    /// <summary>The signature of <c>PredictManyAsync</c>.</summary>
    /// <param name="client">The client.</param>
    /// <param name="rows">The type of the collection.</param>
    public static string PredictMany(ClientModel client, string rows) =>
        $"{Names.AsyncEnumerable}<{Prediction(client)}> PredictManyAsync({rows}<{client.Row}> inputs, {Tail(client)})";

    /// <summary>The inputs as parameters.</summary>
    public static string Parameters(ClientModel client) => string.Join(", ", client.Inputs.Select(input => $"{input.Type} {input.Parameter}"));

    /// <summary>The inputs as arguments.</summary>
    public static string Arguments(ClientModel client) => string.Join(", ", client.Inputs.Select(input => input.Parameter));

    /// <summary>The inputs of a call as one row of bulk work.</summary>
    public static string ToRow(ClientModel client) =>
        client.Inputs.Count == 1 ? client.Inputs[0].Parameter : $"new {client.Names.Input}({Arguments(client)})";

    private static string Tail(ClientModel client) => $"{client.Names.Options}? options = null, {Names.CancellationToken} cancellationToken = default";
}
