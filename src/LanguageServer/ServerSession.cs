using System.Reflection;
using System.Text.Json;
using EdgeBuild.LanguageServer.Documents;
using EdgeBuild.LanguageServer.Features;
using EdgeBuild.LanguageServer.Models;
using EdgeBuild.LanguageServer.Protocol;
using StreamJsonRpc;

namespace EdgeBuild.LanguageServer;

/// <summary>
/// The life of a session, and the documents as the editor changes them. Every method runs to its end before the next message is looked at, so that no
/// request sees a document between two changes; what takes longer (rows of datasets) runs beside it.
/// </summary>
internal sealed class ServerSession : IDisposable
{
    private readonly EditorConnection _editor;
    private readonly Action _end;
    private readonly ModelHostProcess _host;
    private readonly EditorFiles _files;
    private readonly DatasetChecks _checks;
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    /// <summary>Initializes a new instance of the <see cref="ServerSession"/> class.</summary>
    /// <param name="editor">The editor.</param>
    /// <param name="models">The models that builds have made.</param>
    /// <param name="end">Ends the server.</param>
    public ServerSession(EditorConnection editor, IBuiltModels models, Action end)
    {
        _editor = editor;
        _end = end;
        _host = new ModelHostProcess(models);
        _files = new EditorFiles(models, () => editor.Post(CheckAll));
        _checks = new DatasetChecks(_files.Documents, editor.PublishAsync);
        Targets = [this, new FileRequests(_files, new TokenCounts(_host, editor.LogAsync)), new ModelRequests(_files, _host, editor)];
    }

    /// <summary>Gets the objects that answer the methods of the protocol.</summary>
    public IReadOnlyList<object> Targets { get; }

    /// <summary>Gets the process of the editor; null when it did not say.</summary>
    public int? ParentProcess { get; private set; }

    /// <summary>Gets a value indicating whether the editor has asked for the shutdown.</summary>
    public bool WasShutDown { get; private set; }

    [JsonRpcMethod("initialize")]
    public InitializeResult Initialize(InitializeParams parameters)
    {
        ParentProcess = parameters.ProcessId;
        _editor.Capabilities = parameters.Capabilities;
        IReadOnlyList<WorkspaceFolder> folders = parameters.WorkspaceFolders ?? (parameters.RootUri is { } root ? [new WorkspaceFolder(root, null)] : []);
        _folders.UnionWith(folders.Select(PathOf).OfType<string>());
        if (parameters.InitializationOptions is { ValueKind: JsonValueKind.Object } options
            && options.TryGetProperty("modelIdleSeconds", out JsonElement idle) && idle.TryGetDouble(out double seconds) && seconds > 0)
        {
            _host.IdleTime = TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.SecondsPerDay));
        }

        string version = typeof(ServerSession).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? string.Empty;
        return new InitializeResult(ServerCapabilities.For(_editor), new ServerInfo("EdgeBuild", version));
    }

    [JsonRpcMethod("initialized")]
    public void Initialized() => _files.Projects.Search([.. _folders]);

    [JsonRpcMethod("shutdown")]
    public object? Shutdown()
    {
        WasShutDown = true;
        return null;
    }

    [JsonRpcMethod("exit")]
    public void Exit() => _end();

    [JsonRpcMethod("textDocument/didOpen")]
    public void DidOpen(DidOpenParams parameters) => Check(_files.Documents.Open(parameters.TextDocument), delayed: false);

    [JsonRpcMethod("textDocument/didChange")]
    public void DidChange(DidChangeParams parameters)
    {
        // No check reads lines that are being moved.
        _checks.Forget(parameters.TextDocument.Uri);
        if (_files.Documents.Change(parameters) is { } document)
        {
            Check(document, delayed: true);
        }
    }

    [JsonRpcMethod("textDocument/didSave")]
    public void DidSave(TextDocumentParams parameters)
    {
        if (_files.Documents.Find(parameters.TextDocument.Uri) is { } document)
        {
            Check(document, delayed: false);
        }
    }

    [JsonRpcMethod("textDocument/didClose")]
    public void DidClose(TextDocumentParams parameters)
    {
        _files.Documents.Close(parameters.TextDocument.Uri);
        _files.Forget(parameters.TextDocument.Uri);
        _checks.Forget(parameters.TextDocument.Uri);
        _ = _editor.PublishAsync(parameters.TextDocument.Uri, null, []);
    }

    [JsonRpcMethod("workspace/didChangeWatchedFiles")]
    public void DidChangeWatchedFiles(DidChangeWatchedFilesParams parameters) => CheckAll();

    [JsonRpcMethod("workspace/didChangeWorkspaceFolders")]
    public void DidChangeWorkspaceFolders(DidChangeWorkspaceFoldersParams parameters)
    {
        _folders.ExceptWith(parameters.Event.Removed.Select(PathOf).OfType<string>());
        _folders.UnionWith(parameters.Event.Added.Select(PathOf).OfType<string>());
        _files.Projects.Search([.. _folders]);
    }

    /// <summary>The findings for an editor that asks for them.</summary>
    [JsonRpcMethod("textDocument/diagnostic")]
    public async Task<DiagnosticReport> DiagnosticAsync(TextDocumentParams parameters, CancellationToken cancellationToken)
    {
        if (_files.Prompt(parameters.TextDocument) is { } file)
        {
            return new DiagnosticReport("full", Findings.From(file.Parsed.Diagnostics, file.Document));
        }

        if (_files.Documents.Find(parameters.TextDocument.Uri) is not { } document || _files.Dataset(parameters.TextDocument) is not { } dataset)
        {
            return new DiagnosticReport("full", []);
        }

        _files.Documents.Snapshot(document);
        return new DiagnosticReport("full", await Task.Run(() => _checks.Find(document, dataset, cancellationToken), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Stops what runs beside the messages.</summary>
    public void End()
    {
        _checks.Dispose();
        _host.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        _files.Dispose();
    }

    private static string? PathOf(WorkspaceFolder folder) => DocumentUri.ToPath(folder.Uri);

    private void Check(OpenDocument document, bool delayed)
    {
        var identifier = new TextDocumentIdentifier(document.Uri);
        _files.Forget(document.Uri);
        if (_files.Prompt(identifier) is { } file)
        {
            _files.Documents.Snapshot(document);
            _ = _editor.PublishAsync(document.Uri, document.Version, Findings.From(file.Parsed.Diagnostics, document));
        }
        else if (_files.Dataset(identifier) is { } dataset)
        {
            _checks.Start(document, dataset, delayed);
        }
    }

    private void CheckAll()
    {
        foreach (OpenDocument document in _files.Documents.All)
        {
            Check(document, delayed: true);
        }
    }
}
