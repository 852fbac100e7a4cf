using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using StreamJsonRpc;

namespace EdgeBuild.LanguageServer.Tests;

/// <summary>An editor's side of the protocol: the real process <c>edgebuild lsp</c>, and JSON as it goes over the pipe.</summary>
internal sealed class EditorClient : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly JsonRpc _rpc;
    private readonly ConcurrentDictionary<string, JsonObject> _diagnostics = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _published = new(0);

    private EditorClient()
    {
        string worker = Path.Combine(AppContext.BaseDirectory, "edgebuild.dll");
        _process = Process.Start(new ProcessStartInfo("dotnet", [worker, "lsp", "--stdio"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.BeginErrorReadLine();
        _rpc = new JsonRpc(new HeaderDelimitedMessageHandler(_process.StandardInput.BaseStream, _process.StandardOutput.BaseStream, new SystemTextJsonFormatter()));
        _rpc.AddLocalRpcMethod("textDocument/publishDiagnostics", new Action<JsonElement, JsonElement, JsonElement>((uri, version, diagnostics) => Published(uri, version, diagnostics)));
        _rpc.StartListening();
    }

    public Process Process => _process;

    public JsonNode Capabilities { get; private set; } = null!;

    public static async Task<EditorClient> StartAsync()
    {
        var client = new EditorClient();
        JsonNode result = await client.RequestAsync("initialize", new { processId = Environment.ProcessId, rootUri = (string?)null, capabilities = new { } });
        client.Capabilities = result["capabilities"]!;
        await client.NotifyAsync("initialized", new { });
        return client;
    }

    public async Task<JsonNode> RequestAsync(string method, object parameters)
    {
        JsonElement result = await _rpc.InvokeWithParameterObjectAsync<JsonElement>(method, parameters).WaitAsync(_patience);
        return JsonNode.Parse(result.ValueKind == JsonValueKind.Undefined ? "null" : result.GetRawText())!;
    }

    public Task NotifyAsync(string method, object parameters) => _rpc.NotifyWithParameterObjectAsync(method, parameters).WaitAsync(_patience);

    public Task OpenAsync(string path, string? text = null) => NotifyAsync("textDocument/didOpen", new
    {
        textDocument = new { uri = Workspace.Uri(path), languageId = string.Empty, version = 0, text = text ?? File.ReadAllText(path) },
    });

    public Task ReplaceAsync(string path, int version, (int Line, int Character) start, (int Line, int Character) end, string text) => NotifyAsync("textDocument/didChange", new
    {
        textDocument = new { uri = Workspace.Uri(path), version },
        contentChanges = new[] { new { range = new { start = new { line = start.Line, character = start.Character }, end = new { line = end.Line, character = end.Character } }, text } },
    });

    public Task<JsonNode> AtAsync(string method, string path, int line, int character) => RequestAsync(method, new
    {
        textDocument = new { uri = Workspace.Uri(path) },
        position = new { line, character },
    });

    public Task<JsonNode> OfAsync(string method, string path) => RequestAsync(method, new { textDocument = new { uri = Workspace.Uri(path) } });

    /// <summary>Waits for findings about a version that fit.</summary>
    public async Task<JsonArray> DiagnosticsAsync(string path, Func<JsonObject, bool> fits)
    {
        using var patience = new CancellationTokenSource(_patience);
        while (true)
        {
            if (_diagnostics.TryGetValue(Workspace.Uri(path), out JsonObject? found) && fits(found))
            {
                return found["diagnostics"]!.AsArray();
            }

            await _published.WaitAsync(patience.Token);
        }
    }

    public void Dispose()
    {
        _rpc.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void Published(JsonElement uri, JsonElement version, JsonElement diagnostics)
    {
        _diagnostics[uri.GetString()!] = new JsonObject
        {
            ["version"] = version.ValueKind == JsonValueKind.Number ? version.GetInt32() : -1,
            ["diagnostics"] = JsonNode.Parse(diagnostics.GetRawText()),
        };
        _published.Release();
    }
}
