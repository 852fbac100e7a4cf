using System.Text.Json;

namespace EdgeBuild.LanguageServer.Protocol;

internal sealed record InitializeParams(int? ProcessId, string? RootUri, IReadOnlyList<WorkspaceFolder>? WorkspaceFolders, JsonElement? Capabilities, JsonElement? InitializationOptions);

internal sealed record ServerInfo(string Name, string Version);

internal sealed record InitializeResult(object Capabilities, ServerInfo ServerInfo);
