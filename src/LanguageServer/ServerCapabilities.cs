using EdgeBuild.LanguageServer.Features;

namespace EdgeBuild.LanguageServer;

/// <summary>What the server can do, told once: some clients refuse capabilities that are registered later.</summary>
internal static class ServerCapabilities
{
    public static object For(EditorConnection editor) => new
    {
        PositionEncoding = "utf-16",
        TextDocumentSync = new { OpenClose = true, Change = 2, Save = new { IncludeText = false } },
        CompletionProvider = new { TriggerCharacters = new[] { "{", ":", " ", "\"", "," }, ResolveProvider = false },
        HoverProvider = true,
        DefinitionProvider = true,
        ReferencesProvider = true,
        RenameProvider = new { PrepareProvider = true },
        DocumentSymbolProvider = true,
        FoldingRangeProvider = true,
        DocumentFormattingProvider = true,
        CodeActionProvider = new { CodeActionKinds = new[] { "quickfix" } },
        SemanticTokensProvider = new { Legend = new { TokenTypes = PromptStructure.TokenTypes, TokenModifiers = Array.Empty<string>() }, Full = true },
        InlayHintProvider = true,
        CodeLensProvider = new { ResolveProvider = false },
        SignatureHelpProvider = new { TriggerCharacters = new[] { "{", ",", ":" } },
        ExecuteCommandProvider = new { Commands = ModelCommands.All },
        DiagnosticProvider = editor.PullsDiagnostics ? new { InterFileDependencies = true, WorkspaceDiagnostics = false } : null,
        Workspace = new { WorkspaceFolders = new { Supported = true, ChangeNotifications = true } },
    };
}
