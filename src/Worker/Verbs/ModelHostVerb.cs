using System.CommandLine;
using EdgeBuild.LanguageServer.Models;
using EdgeBuild.LanguageServer.Protocol;
using EdgeBuild.Worker.Asking;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild model-host</c>: what the language server asks, in a process of its own. It is no command for people.</summary>
internal static class ModelHostVerb
{
    public const string Name = "model-host";

    public static Command Create()
    {
        var command = new Command(Name, "Answer the language server about models.") { Hidden = true };
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var connection = JsonRpcConnection.OfConsole();
        using var host = new ModelHost(part => connection.Rpc.InvokeWithParameterObjectAsync(ModelHostMethods.Part, part));
        connection.Rpc.AddLocalRpcTarget(host);
        connection.Rpc.StartListening();
        try
        {
            // The server closes the stream when it needs no models, or is gone.
            await connection.Rpc.Completion.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The end that was asked for.
        }

        return 0;
    }
}
