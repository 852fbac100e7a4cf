using EdgeBuild.Contracts;
using EdgeBuild.LanguageServer.Features;
using EdgeBuild.LanguageServer.Models;
using EdgeBuild.LanguageServer.Protocol;
using StreamJsonRpc;
using Position = EdgeBuild.LanguageServer.Protocol.Position;

namespace EdgeBuild.LanguageServer;

/// <summary>
/// Answers what editors ask about files. Every method looks at the documents before its first <c>await</c>, since the next message may change them.
/// </summary>
/// <param name="files">The open files.</param>
/// <param name="tokens">Counts tokens.</param>
internal sealed class FileRequests(EditorFiles files, TokenCounts tokens)
{
    // LSP 3.17, LSPErrorCodes.RequestFailed: the request was understood, and cannot be fulfilled.
    public const int RequestFailed = -32803;

    [JsonRpcMethod("textDocument/completion")]
    public IReadOnlyList<CompletionItem> Completion(PositionParams parameters)
    {
        if (files.Prompt(parameters.TextDocument) is { } file)
        {
            return new PromptCompletion(file, files.Rows).At(parameters.Position);
        }

        if (files.Documents.Find(parameters.TextDocument.Uri) is not { } document)
        {
            return [];
        }

        return files.Dataset(parameters.TextDocument) is { } dataset
            ? dataset.Complete(document, parameters.Position, files.Documents.TextOf)
            : ProjectItems.Complete(document, parameters.Position);
    }

    [JsonRpcMethod("textDocument/hover")]
    public async Task<Hover?> HoverAsync(PositionParams parameters, CancellationToken cancellationToken)
    {
        if (files.Prompt(parameters.TextDocument) is not { } file)
        {
            return files.Documents.Find(parameters.TextDocument.Uri) is { } document && files.Dataset(parameters.TextDocument) is { } dataset
                ? dataset.Answers.At(document, parameters.Position)
                : null;
        }

        Hover? hover = new PromptHover(file, files.Rows, files.Models).At(parameters.Position);
        if (hover is null || file.Name is not { } name || Protocol.Range.From(name.Position) != hover.Range)
        {
            return hover;
        }

        string? counted = await new PromptTokens(file).DescribeAsync(tokens, cancellationToken).ConfigureAwait(false);
        return counted is null ? hover : hover with { Contents = MarkupContent.Markdown($"{hover.Contents.Value}\n\n{counted}") };
    }

    [JsonRpcMethod("textDocument/definition")]
    public IReadOnlyList<Location> Definition(PositionParams parameters)
    {
        if (files.Prompt(parameters.TextDocument) is { } file)
        {
            return Navigation(file).Definition(parameters.Position);
        }

        return files.Documents.Find(parameters.TextDocument.Uri) is { } document && files.Dataset(parameters.TextDocument) is { } dataset
            ? dataset.Navigation.Definition(document, parameters.Position, files.TextOf)
            : [];
    }

    [JsonRpcMethod("textDocument/references")]
    public IReadOnlyList<Location> References(ReferenceParams parameters) =>
        files.Prompt(parameters.TextDocument) is { } file ? Navigation(file).References(parameters.Position, parameters.Context?.IncludeDeclaration ?? true) : [];

    [JsonRpcMethod("textDocument/prepareRename")]
    public PreparedRename? PrepareRename(PositionParams parameters) => files.Prompt(parameters.TextDocument) is { } file ? Navigation(file).PrepareRename(parameters.Position) : null;

    [JsonRpcMethod("textDocument/rename")]
    public WorkspaceEdit? Rename(RenameParams parameters)
    {
        try
        {
            return files.Prompt(parameters.TextDocument) is { } file ? Navigation(file).Rename(parameters.Position, parameters.NewName) : null;
        }
        catch (EdgeBuildException exception)
        {
            throw new LocalRpcException(exception.Message) { ErrorCode = RequestFailed };
        }
    }

    [JsonRpcMethod("textDocument/documentSymbol")]
    public IReadOnlyList<DocumentSymbol> DocumentSymbol(TextDocumentParams parameters) => files.Prompt(parameters.TextDocument) is { } file ? new PromptStructure(file).Symbols() : [];

    [JsonRpcMethod("textDocument/foldingRange")]
    public IReadOnlyList<FoldingRange> FoldingRange(TextDocumentParams parameters) => files.Prompt(parameters.TextDocument) is { } file ? new PromptStructure(file).Folds() : [];

    [JsonRpcMethod("textDocument/semanticTokens/full")]
    public SemanticTokens SemanticTokens(TextDocumentParams parameters) => files.Prompt(parameters.TextDocument) is { } file ? new PromptStructure(file).Tokens() : new SemanticTokens([]);

    [JsonRpcMethod("textDocument/formatting")]
    public IReadOnlyList<TextEdit> Formatting(TextDocumentParams parameters)
    {
        if (files.Prompt(parameters.TextDocument) is not { } file)
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
        if (files.Prompt(parameters.TextDocument) is not { } file)
        {
            return files.Documents.Find(parameters.TextDocument.Uri) is { } document && files.Dataset(parameters.TextDocument) is { } dataset
                ? dataset.Answers.Actions(document, parameters.Range)
                : [];
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

    [JsonRpcMethod("textDocument/inlayHint")]
    public Task<IReadOnlyList<InlayHint>> InlayHintAsync(InlayHintParams parameters, CancellationToken cancellationToken) => files.Prompt(parameters.TextDocument) is { } file
        ? new PromptTokens(file).HintsAsync(parameters.Range, tokens, cancellationToken)
        : Task.FromResult<IReadOnlyList<InlayHint>>([]);

    [JsonRpcMethod("textDocument/signatureHelp")]
    public SignatureHelp? SignatureHelp(PositionParams parameters)
    {
        if (files.Documents.Find(parameters.TextDocument.Uri) is not { } document)
        {
            return null;
        }

        string line = document.Line(parameters.Position.Line);
        string before = line[..Math.Min(parameters.Position.Character, line.Length)];
        return files.Prompt(parameters.TextDocument) is { } file
            ? PromptSignatures.At(file.Tools, before)
            : PromptSignatures.At(files.Dataset(parameters.TextDocument)?.Tools(files.Documents.TextOf) ?? [], before);
    }

    /// <summary>Renders a prompt with one of its rows, in the segments that training and runtime use.</summary>
    [JsonRpcMethod("edgebuild/render")]
    public RenderedPrompt? Render(RenderParams parameters) => files.Prompt(parameters.TextDocument) is { } file ? PromptRendering.Render(file, parameters.Row) : null;

    private PromptNavigation Navigation(PromptFile file) => new(file, files.TextOf);
}
