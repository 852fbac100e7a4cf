using System.Text.Json;

namespace EdgeBuild.LanguageServer.Protocol;

/// <summary>A message of the server; type 1 is an error, 3 an information (LSP 3.17, MessageType).</summary>
internal sealed record ShownMessage(int Type, string Message);

internal sealed record WorkDoneCancelParams(JsonElement Token);
