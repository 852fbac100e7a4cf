using Microsoft.Extensions.Logging;

namespace EdgeBuild.Runtime.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class RecordingLogger : ILogger
{
    private readonly List<(EventId Id, string Line)> _entries = [];

    public IReadOnlyList<string> Lines => [.. Entries.Select(entry => entry.Line)];

    public IReadOnlyList<(EventId Id, string Line)> Entries
    {
        get
        {
            lock (_entries)
            {
                return [.. _entries];
            }
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_entries)
        {
            _entries.Add((eventId, $"{logLevel}: {formatter(state, exception)} {exception?.Message}"));
        }
    }
}
