using System.Collections.Concurrent;
using System.Text.Json;
using EdgeBuild.LanguageServer.Protocol;
using StreamJsonRpc;

namespace EdgeBuild.LanguageServer;

/// <summary>What the server says to the editor by itself. What an editor cannot do is left out, or said in a way that all can.</summary>
/// <param name="rpc">The connection.</param>
internal sealed class EditorConnection(JsonRpc rpc)
{
    private const int Error = 1;
    private const int Information = 3;

    private static int _lastToken;

    private readonly ConcurrentDictionary<string, WorkProgress> _work = new(StringComparer.Ordinal);

    /// <summary>Gets or sets what the editor can do.</summary>
    public JsonElement? Capabilities { get; set; }

    public Task PublishAsync(string uri, int? version, IReadOnlyList<LspDiagnostic> diagnostics) => PullsDiagnostics
        ? Task.CompletedTask
        : NotifyAsync("textDocument/publishDiagnostics", new PublishDiagnosticsParams(uri, version, diagnostics));

    /// <summary>Gets a value indicating whether the editor asks for findings and takes none unasked. One that does both would show them twice.</summary>
    public bool PullsDiagnostics => Can("textDocument", "diagnostic") && !Can("textDocument", "publishDiagnostics");

    public Task ShowErrorAsync(string text) => NotifyAsync("window/showMessage", new ShownMessage(Error, text));

    public Task ShowAsync(string text) => NotifyAsync("window/showMessage", new ShownMessage(Information, text));

    /// <summary>Writes a line where the editor keeps them, without disturbing anybody.</summary>
    public Task LogAsync(string text) => NotifyAsync("window/logMessage", new ShownMessage(Information, text));

    /// <summary>Runs something between two messages, as if it were one.</summary>
    public void Post(Action action) => rpc.SynchronizationContext!.Post(_ => action(), null);

    public Task NotifyAsync(string method, object parameters) => rpc.NotifyWithParameterObjectAsync(method, parameters);

    /// <summary>Opens a file in the browser.</summary>
    public async Task OpenExternallyAsync(string uri)
    {
        if (Can("window", "showDocument"))
        {
            await rpc.InvokeWithParameterObjectAsync<JsonElement>("window/showDocument", new { uri, external = true }).ConfigureAwait(false);
        }
        else
        {
            await ShowAsync(uri).ConfigureAwait(false);
        }
    }

    /// <summary>Begins to show progress.</summary>
    /// <param name="token">The token of the request; null makes one, where the editor shows progress that it has not asked for.</param>
    /// <param name="title">What is done.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<WorkProgress> BeginAsync(JsonElement? token, string title, CancellationToken cancellationToken)
    {
        object? shown = token;
        if (token is null && Can("window", "workDoneProgress"))
        {
            shown = $"edgebuild-{Interlocked.Increment(ref _lastToken)}";
            await rpc.InvokeWithParameterObjectAsync<JsonElement>("window/workDoneProgress/create", new { token = shown }, cancellationToken).ConfigureAwait(false);
        }

        var progress = new WorkProgress(this, shown, cancellationToken);
        if (shown is not null)
        {
            _work[shown.ToString()!] = progress;
        }

        await progress.BeginAsync(title).ConfigureAwait(false);
        return progress;
    }

    /// <summary>Ends the work of a token, which the user has cancelled.</summary>
    public void Cancel(JsonElement token)
    {
        if (_work.TryGetValue(token.ToString(), out WorkProgress? work))
        {
            work.Cancel();
        }
    }

    /// <summary>Forgets work that has ended.</summary>
    public void Forget(object? token)
    {
        if (token is not null)
        {
            _work.TryRemove(token.ToString()!, out _);
        }
    }

    private bool Can(string group, string name) => Capabilities is { ValueKind: JsonValueKind.Object } all
        && all.TryGetProperty(group, out JsonElement found) && found.ValueKind == JsonValueKind.Object
        && found.TryGetProperty(name, out JsonElement capability) && capability.ValueKind is JsonValueKind.True or JsonValueKind.Object;
}
