using System.Text.Json.Serialization;

namespace EdgeBuild.LanguageServer.Protocol;

internal sealed record MarkupContent(string Kind, string Value)
{
    public static MarkupContent Markdown(string value) => new("markdown", value);
}

internal sealed record Hover(MarkupContent Contents, Range Range);

internal sealed record TextEdit(Range Range, string NewText);

/// <summary>A proposal; the kinds are those of LSP 3.17, CompletionItemKind.</summary>
internal sealed record CompletionItem(string Label, int Kind, string? Detail, TextEdit TextEdit, MarkupContent? Documentation = null, string? SortText = null);

internal sealed record WorkspaceEdit(IReadOnlyDictionary<string, IReadOnlyList<TextEdit>> Changes);

internal sealed record RenameParams(TextDocumentIdentifier TextDocument, Position Position, string NewName);

internal sealed record PreparedRename(Range Range, string Placeholder);

internal sealed record ReferenceContext(bool IncludeDeclaration);

internal sealed record ReferenceParams(TextDocumentIdentifier TextDocument, Position Position, ReferenceContext? Context);

internal sealed record DocumentSymbol(string Name, string? Detail, int Kind, Range Range, Range SelectionRange, IReadOnlyList<DocumentSymbol>? Children = null);

internal sealed record FoldingRange(int StartLine, int EndLine, string? Kind);

internal sealed record CodeActionContext(IReadOnlyList<LspDiagnostic> Diagnostics);

internal sealed record CodeActionParams(TextDocumentIdentifier TextDocument, Range Range, CodeActionContext Context);

internal sealed record CodeAction(string Title, string Kind, IReadOnlyList<LspDiagnostic>? Diagnostics, WorkspaceEdit Edit, bool IsPreferred);

internal sealed record EditorCommand(string Title, [property: JsonPropertyName("command")] string Name, IReadOnlyList<object>? Arguments);

internal sealed record SemanticTokens(IReadOnlyList<int> Data);

internal sealed record InlayHintParams(TextDocumentIdentifier TextDocument, Range Range);

internal sealed record InlayHint(Position Position, string Label, bool PaddingLeft);

internal sealed record CodeLens(Range Range, EditorCommand Command);

/// <summary>The functions that may be meant; a parameter's label is the place of its text in the signature.</summary>
internal sealed record SignatureHelp(IReadOnlyList<Signature> Signatures, int ActiveSignature, int ActiveParameter);

internal sealed record Signature(string Label, MarkupContent? Documentation, IReadOnlyList<SignatureParameter> Parameters);

internal sealed record SignatureParameter(IReadOnlyList<int> Label, MarkupContent? Documentation);

internal sealed record DiagnosticReport(string Kind, IReadOnlyList<LspDiagnostic> Items);
