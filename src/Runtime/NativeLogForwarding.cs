using EdgeBuild.LlamaCpp;

using Microsoft.Extensions.Logging;

namespace EdgeBuild.Runtime;

/// <summary>
/// Sends what llama.cpp logs to the app's log instead of the console, which belongs to the app. Errors are in exceptions as well.
/// </summary>
internal static partial class NativeLogForwarding
{
    private static volatile ILogger? _logger;

    [ThreadStatic]
    private static CancellationToken _cancellation;

    /// <summary>Begins forwarding. llama.cpp has one log per process: the last logger that was given receives all lines.</summary>
    /// <param name="logger">The log, or null to keep the last one.</param>
    public static void Use(ILogger? logger)
    {
        _logger = logger ?? _logger;
        NativeLibraries.Log = Forward;
    }

    /// <summary>Says which token can end the computation of this thread: llama.cpp reports a cancelled step as a failed one.</summary>
    /// <param name="cancellationToken">The token, or default after the computation.</param>
    public static void SetCancellation(CancellationToken cancellationToken) => _cancellation = cancellationToken;

    private static void Forward(LlamaLogLevel level, string line)
    {
        if (_logger is ILogger logger && !_cancellation.IsCancellationRequested)
        {
            LogNative(logger, level == LlamaLogLevel.Error ? LogLevel.Warning : LogLevel.Debug, line);
        }
    }

    [LoggerMessage(EventId = 3, Message = "llama.cpp: {Line}")]
    private static partial void LogNative(ILogger logger, LogLevel level, string line);
}
