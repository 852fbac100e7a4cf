using System.Text.Json;
using System.Text.Json.Serialization;
using StreamJsonRpc;

namespace EdgeBuild.LanguageServer.Protocol;

/// <summary>JSON-RPC with the headers of the language server protocol on a pair of streams.</summary>
internal sealed class JsonRpcConnection : IDisposable
{
    private readonly SystemTextJsonFormatter _formatter;

    public JsonRpcConnection(Stream input, Stream output)
    {
        _formatter = new SystemTextJsonFormatter
        {
            JsonSerializerOptions = new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
                Converters = { new AnyTextConverter() },
            },
        };
        // It owns the handler.
        Rpc = new JsonRpc(new HeaderDelimitedMessageHandler(output, input, _formatter));
    }

    public JsonRpc Rpc { get; }

    /// <summary>Opens the standard streams. One stray line on standard output would break the stream for good, so that texts go to standard error.</summary>
    public static JsonRpcConnection OfConsole()
    {
        Stream output = Console.OpenStandardOutput();
        Stream input = Console.OpenStandardInput();
        Console.SetOut(Console.Error);
        return new JsonRpcConnection(input, output);
    }

    public void Dispose()
    {
        Rpc.Dispose();
        _formatter.Dispose();
    }
}
