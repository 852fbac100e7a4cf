using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamJsonRpc;

namespace EdgeBuild.LanguageServer;

/// <summary>The language server of prompt and dataset files (LSP 3.17) on a pair of streams.</summary>
public static class EdgeLanguageServer
{
    /// <summary>Serves one editor until it says <c>exit</c>, closes the stream, or goes away.</summary>
    /// <param name="input">What the editor writes.</param>
    /// <param name="output">What the editor reads; nothing else may write to it.</param>
    /// <param name="cancellationToken">Ends the server.</param>
    /// <returns>The exit code: 0 when the editor has asked for the shutdown before.</returns>
    public static async Task<int> RunAsync(Stream input, Stream output, CancellationToken cancellationToken)
    {
        using var formatter = new SystemTextJsonFormatter
        {
            JsonSerializerOptions = new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            },
        };
        using var handler = new HeaderDelimitedMessageHandler(output, input, formatter);
        using var rpc = new JsonRpc(handler);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var session = new ServerSession(
            (method, parameters) => rpc.NotifyWithParameterObjectAsync(method, parameters), ended.Cancel);
        rpc.AddLocalRpcTarget(session, new JsonRpcTargetOptions { UseSingleObjectParameterDeserialization = true, DisposeOnDisconnect = false });
        rpc.Disconnected += (_, _) => session.End();
        rpc.StartListening();
        try
        {
            await Task.WhenAny(rpc.Completion, ParentGoneAsync(session, ended.Token), Task.Delay(Timeout.Infinite, ended.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The end that was asked for.
        }

        return session.WasShutDown ? 0 : 1;
    }

    /// <summary>An editor that was killed says nothing, and its pipe may be held open by others.</summary>
    private static async Task ParentGoneAsync(ServerSession session, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken).ConfigureAwait(false);
            if (session.ParentProcess is { } id && !IsRunning(id))
            {
                return;
            }
        }
    }

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
