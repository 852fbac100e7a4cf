using System.Diagnostics;
using EdgeBuild.LanguageServer.Protocol;
using StreamJsonRpc;

namespace EdgeBuild.LanguageServer.Models;

/// <summary>
/// The process that asks models. It is started by the first question and ended when none has come for a while, so that an editor that stands open
/// all day keeps no model in memory; what crashes in it leaves the server alone.
/// </summary>
/// <param name="models">Tells how it is started.</param>
internal sealed class ModelHostProcess(IBuiltModels models) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Action<AnswerPart>> _listeners = [];
    private Running? _running;
    private Timer? _idle;
    private int _calls;
    private bool _disposed;
    private int _lastQuestion;

    /// <summary>Gets or sets how long it stays without a question.</summary>
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Counts tokens.</summary>
    public Task<int[]> CountTokensAsync(string cacheDirectory, TokenRequest request, CancellationToken cancellationToken) =>
        CallAsync(cacheDirectory, rpc => rpc.InvokeWithParameterObjectAsync<int[]>(ModelHostMethods.CountTokens, request, cancellationToken));

    /// <summary>Asks a model, and its base beside it.</summary>
    /// <param name="cacheDirectory">The cache of the model.</param>
    /// <param name="ask">Makes the question from its number.</param>
    /// <param name="onPart">Receives pieces and answers as they come.</param>
    /// <param name="cancellationToken">Ends the call, also while the model computes.</param>
    public async Task<IReadOnlyList<ModelAnswer>> AskAsync(string cacheDirectory, Func<int, ModelQuestion> ask, Action<AnswerPart> onPart, CancellationToken cancellationToken)
    {
        int id = Interlocked.Increment(ref _lastQuestion);
        lock (_lock)
        {
            _listeners[id] = onPart;
        }

        try
        {
            return await CallAsync(cacheDirectory, rpc => rpc.InvokeWithParameterObjectAsync<ModelAnswer[]>(ModelHostMethods.Ask, ask(id), cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _listeners.Remove(id);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            Stop();
        }
    }

    private async Task<T> CallAsync<T>(string cacheDirectory, Func<JsonRpc, Task<T>> call)
    {
        lock (_lock)
        {
            _calls++;
            _idle?.Dispose();
            _idle = null;
        }

        try
        {
            Running first = Acquire(cacheDirectory, lost: null);
            try
            {
                return await call(first.Connection.Rpc).ConfigureAwait(false);
            }
            catch (ConnectionLostException) when (!_disposed)
            {
                // It was ended from outside, or has crashed: a new one is asked once.
                return await call(Acquire(cacheDirectory, lost: first).Connection.Rpc).ConfigureAwait(false);
            }
        }
        finally
        {
            lock (_lock)
            {
                if (--_calls == 0 && !_disposed)
                {
                    _idle = new Timer(_ => StopWhenIdle(), null, IdleTime, Timeout.InfiniteTimeSpan);
                }
            }
        }
    }

    private Running Acquire(string cacheDirectory, Running? lost)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_running is { } running && (running == lost || running.Process.HasExited))
            {
                Stop();
            }

            return _running ??= Start(cacheDirectory);
        }
    }

    private Running Start(string cacheDirectory)
    {
        ProcessStartInfo start = models.HostProcess();
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("EDGEBUILD_CACHE")))
        {
            // The native libraries lie in the cache of the project.
            start.Environment["EDGEBUILD_CACHE"] = cacheDirectory;
        }

        Process process = Process.Start(start)!;
        var connection = new JsonRpcConnection(process.StandardOutput.BaseStream, process.StandardInput.BaseStream);
        connection.Rpc.AddLocalRpcTarget(new Listener(this));
        connection.Rpc.StartListening();
        return new Running(process, connection);
    }

    private void StopWhenIdle()
    {
        lock (_lock)
        {
            if (_calls == 0)
            {
                Stop();
            }
        }
    }

    private void Stop()
    {
        _idle?.Dispose();
        _idle = null;
        if (_running is not var (process, connection))
        {
            return;
        }

        _running = null;
        connection.Dispose();
        if (!process.HasExited)
        {
            // It holds nothing that must be written, and an editor gives its server half a second to end.
            process.Kill();
        }

        process.Dispose();
    }

    private sealed record Running(Process Process, JsonRpcConnection Connection);

    private sealed class Listener(ModelHostProcess owner)
    {
        [JsonRpcMethod(ModelHostMethods.Part, UseSingleObjectParameterDeserialization = true)]
        public void Part(AnswerPart part)
        {
            Action<AnswerPart>? listener;
            lock (owner._lock)
            {
                listener = owner._listeners.GetValueOrDefault(part.Id);
            }

            listener?.Invoke(part);
        }
    }
}
