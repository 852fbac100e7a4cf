using System.Reflection;
using EdgeBuild.Contracts;
using EdgeBuild.LanguageServer.Documents;
using EdgeBuild.LanguageServer.Features;
using EdgeBuild.LanguageServer.Projects;
using EdgeBuild.LanguageServer.Protocol;
using StreamJsonRpc;
using Position = EdgeBuild.LanguageServer.Protocol.Position;

namespace EdgeBuild.LanguageServer;

/// <summary>
/// Serves the messages of one editor. Every method runs to its end before the next message is looked at, so that no request sees a document between two
/// changes; what takes longer (rows of datasets) runs beside it.
/// </summary>
/// <param name="notify">Sends a notification.</param>
/// <param name="end">Ends the server.</param>
internal sealed class ServerSession(Func<string, object, Task> notify, Action end) : IDisposable
{
    // LSP 3.17, LSPErrorCodes.RequestFailed: the request was understood, and cannot be fulfilled.
    private const int RequestFailed = -32803;

    private readonly DocumentStore _documents = new();
    private readonly ProjectCatalog _projects = new();
    private readonly LabelRows _rows = new();
    private readonly Dictionary<string, (int Version, PromptFile File)> _prompts = new(StringComparer.Ordinal);
    private DatasetChecks? _checks;

    /// <summary>Gets the process of the editor; null when it did not say.</summary>
    public int? ParentProcess { get; private set; }

    /// <summary>Gets a value indicating whether the editor has asked for the shutdown.</summary>
    public bool WasShutDown { get; private set; }

    private DatasetChecks Checks => _checks ??= new DatasetChecks(_documents, PublishAsync);

    [JsonRpcMethod("initialize")]
    public InitializeResult Initialize(InitializeParams parameters)
    {
        ParentProcess = parameters.ProcessId;
        string version = typeof(ServerSession).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? string.Empty;
        return new InitializeResult(ServerCapabilities.All, new ServerInfo("EdgeBuild", version));
    }

    [JsonRpcMethod("initialized")]
    public static void Initialized()
    {
    }

    [JsonRpcMethod("shutdown")]
    public object? Shutdown()
    {
        WasShutDown = true;
        return null;
    }

    [JsonRpcMethod("exit")]
    public void Exit() => end();

    [JsonRpcMethod("textDocument/didOpen")]
    public void DidOpen(DidOpenParams parameters) => Check(_documents.Open(parameters.TextDocument), delayed: false);

    [JsonRpcMethod("textDocument/didChange")]
    public void DidChange(DidChangeParams parameters)
    {
        if (_documents.Change(parameters) is { } document)
        {
            Check(document, delayed: true);
        }
    }

    [JsonRpcMethod("textDocument/didSave")]
    public void DidSave(TextDocumentParams parameters)
    {
        if (_documents.Find(parameters.TextDocument.Uri) is { } document)
        {
            Check(document, delayed: false);
        }
    }

    [JsonRpcMethod("textDocument/didClose")]
    public void DidClose(TextDocumentParams parameters)
    {
        _documents.Close(parameters.TextDocument.Uri);
        _prompts.Remove(parameters.TextDocument.Uri);
        Checks.Forget(parameters.TextDocument.Uri);
        _ = PublishAsync(parameters.TextDocument.Uri, null, []);
    }

    [JsonRpcMethod("workspace/didChangeWatchedFiles")]
    public void DidChangeWatchedFiles(DidChangeWatchedFilesParams parameters) => CheckAll();

    [JsonRpcMethod("workspace/didChangeWorkspaceFolders")]
    public void DidChangeWorkspaceFolders(DidChangeWorkspaceFoldersParams parameters) => CheckAll();

    [JsonRpcMethod("textDocument/completion")]
    public IReadOnlyList<CompletionItem> Completion(PositionParams parameters)
    {
        if (Prompt(parameters.TextDocument) is { } file)
        {
            return new PromptCompletion(file, _rows).At(parameters.Position);
        }

        return _documents.Find(parameters.TextDocument.Uri) is { } document && Dataset(document) is { } dataset
            ? dataset.Complete(document, parameters.Position, _documents.TextOf)
            : [];
    }

    [JsonRpcMethod("textDocument/hover")]
    public Hover? Hover(PositionParams parameters) => Prompt(parameters.TextDocument) is { } file ? new PromptHover(file, _rows).At(parameters.Position) : null;

    [JsonRpcMethod("textDocument/definition")]
    public IReadOnlyList<Location> Definition(PositionParams parameters) =>
        Prompt(parameters.TextDocument) is { } file ? new PromptNavigation(file).Definition(parameters.Position) : [];

    [JsonRpcMethod("textDocument/references")]
    public IReadOnlyList<Location> References(ReferenceParams parameters) =>
        Prompt(parameters.TextDocument) is { } file ? new PromptNavigation(file).References(parameters.Position, parameters.Context?.IncludeDeclaration ?? true) : [];

    [JsonRpcMethod("textDocument/prepareRename")]
    public PreparedRename? PrepareRename(PositionParams parameters) => Prompt(parameters.TextDocument) is { } file ? new PromptNavigation(file).PrepareRename(parameters.Position) : null;

    [JsonRpcMethod("textDocument/rename")]
    public WorkspaceEdit? Rename(RenameParams parameters)
    {
        try
        {
            return Prompt(parameters.TextDocument) is { } file ? new PromptNavigation(file).Rename(parameters.Position, parameters.NewName) : null;
        }
        catch (EdgeBuildException exception)
        {
            throw new LocalRpcException(exception.Message) { ErrorCode = RequestFailed };
        }
    }

    [JsonRpcMethod("textDocument/documentSymbol")]
    public IReadOnlyList<DocumentSymbol> DocumentSymbol(TextDocumentParams parameters) => Prompt(parameters.TextDocument) is { } file ? new PromptStructure(file).Symbols() : [];

    [JsonRpcMethod("textDocument/foldingRange")]
    public IReadOnlyList<FoldingRange> FoldingRange(TextDocumentParams parameters) => Prompt(parameters.TextDocument) is { } file ? new PromptStructure(file).Folds() : [];

    [JsonRpcMethod("textDocument/semanticTokens/full")]
    public SemanticTokens SemanticTokens(TextDocumentParams parameters) => Prompt(parameters.TextDocument) is { } file ? new PromptStructure(file).Tokens() : new SemanticTokens([]);

    [JsonRpcMethod("textDocument/formatting")]
    public IReadOnlyList<TextEdit> Formatting(TextDocumentParams parameters)
    {
        if (Prompt(parameters.TextDocument) is not { } file)
        {
            return [];
        }

        string text = file.Document.Text;
        string formatted = PromptFormatter.Format(file.Path, text);
        return formatted == text ? [] : [new TextEdit(new Protocol.Range(new Position(0, 0), file.Document.End), formatted)];
    }

    [JsonRpcMethod("textDocument/codeAction")]
    public IReadOnlyList<CodeAction> CodeAction(CodeActionParams parameters)
    {
        if (Prompt(parameters.TextDocument) is not { } file)
        {
            return [];
        }

        var fixes = new PromptFixes(file);
        return
        [
            .. file.Parsed.Diagnostics.Zip(Findings.From(file.Parsed.Diagnostics, file.Document, sorted: false))
                .Where(entry => entry.Second.Range.Start.Line <= parameters.Range.End.Line && entry.Second.Range.End.Line >= parameters.Range.Start.Line)
                .SelectMany(entry => fixes.Of(entry.First).Select(fix => new CodeAction(
                    fix.Title,
                    "quickfix",
                    [entry.Second],
                    new WorkspaceEdit(new Dictionary<string, IReadOnlyList<TextEdit>> { [file.Document.Uri] = fix.Edits }),
                    fix.IsPreferred))),
        ];
    }

    /// <summary>Renders a prompt with one of its rows, in the segments that training and runtime use.</summary>
    [JsonRpcMethod("edgebuild/render")]
    public RenderedPrompt? Render(RenderParams parameters) => Prompt(parameters.TextDocument) is { } file ? PromptRendering.Render(file, parameters.Row) : null;

    /// <summary>Stops the checks that run beside the messages.</summary>
    public void End() => _checks?.Dispose();

    /// <inheritdoc/>
    public void Dispose() => End();

    private PromptFile? Prompt(TextDocumentIdentifier identifier)
    {
        if (_documents.Find(identifier.Uri) is not { } document || !identifier.Uri.EndsWith(".prompty", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string path = DocumentUri.ToPath(document.Uri) ?? document.Uri;
        EdgeProject? project = DocumentUri.ToPath(document.Uri) is { } file ? _projects.Find(file) : null;
        if (!_prompts.TryGetValue(document.Uri, out (int Version, PromptFile File) known) || known.Version != document.Version || !ReferenceEquals(known.File.Project, project))
        {
            known = (document.Version, new PromptFile(document, path, project));
            _prompts[document.Uri] = known;
        }

        return known.File;
    }

    private DatasetFile? Dataset(OpenDocument document) =>
        DocumentUri.ToPath(document.Uri) is { } path && DatasetFile.IsDataset(path) && _projects.Find(path) is { } project ? new DatasetFile(path, project) : null;

    private void Check(OpenDocument document, bool delayed)
    {
        _prompts.Remove(document.Uri);
        if (Prompt(new TextDocumentIdentifier(document.Uri)) is { } file)
        {
            _documents.Snapshot(document);
            _ = PublishAsync(document.Uri, document.Version, Findings.From(file.Parsed.Diagnostics, document));
        }
        else if (Dataset(document) is { } dataset)
        {
            Checks.Start(document, dataset, delayed);
        }
    }

    private void CheckAll()
    {
        foreach (OpenDocument document in _documents.All)
        {
            Check(document, delayed: true);
        }
    }

    private Task PublishAsync(string uri, int? version, IReadOnlyList<LspDiagnostic> diagnostics) =>
        notify("textDocument/publishDiagnostics", new PublishDiagnosticsParams(uri, version, diagnostics));
}
