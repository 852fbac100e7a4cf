using System.Diagnostics;
using EdgeBuild.LanguageServer.Models;
using EdgeBuild.LanguageServer.Protocol;
using Microsoft.VisualStudio.Threading;
using StreamJsonRpc;

namespace EdgeBuild.LanguageServer;

/// <summary>The language server of prompt and dataset files (LSP 3.17) on a pair of streams.</summary>
internal static class EdgeLanguageServer
{
    /// <summary>Serves one editor on the standard streams until it says <c>exit</c>, closes them, or goes away.</summary>
    /// <param name="models">The models that builds have made.</param>
    /// <param name="cancellationToken">Ends the server.</param>
    /// <returns>The exit code: 0 when the editor has asked for the shutdown before.</returns>
    public static async Task<int> RunAsync(IBuiltModels models, CancellationToken cancellationToken)
    {
        using var connection = JsonRpcConnection.OfConsole();
        JsonRpc rpc = connection.Rpc;
        rpc.SynchronizationContext = new NonConcurrentSynchronizationContext(sticky: false);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var session = new ServerSession(new EditorConnection(rpc), models, ended.Cancel);
        foreach (object target in session.Targets)
        {
            rpc.AddLocalRpcTarget(target, new JsonRpcTargetOptions { UseSingleObjectParameterDeserialization = true, DisposeOnDisconnect = false });
        }

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
