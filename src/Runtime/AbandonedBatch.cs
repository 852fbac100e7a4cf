namespace EdgeBuild.Runtime;

/// <summary>Tells when all calls of a batch are cancelled: a step that nobody waits for any more can be broken off, one of several callers' cannot.</summary>
internal sealed class AbandonedBatch : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _source = new();
    private int _calls;

    /// <summary>Gets what ends the running step.</summary>
    public CancellationToken Token
    {
        get
        {
            lock (_lock)
            {
                return _source.Token;
            }
        }
    }

    /// <summary>Counts a call until it is cancelled or its watch is disposed.</summary>
    /// <param name="cancellationToken">What ends the call.</param>
    /// <returns>The watch.</returns>
    public CallWatch Watch(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_source.IsCancellationRequested)
            {
                // The calls before this one were all cancelled; this one waits.
                _source.Dispose();
                _source = new CancellationTokenSource();
            }

            _calls++;
        }

        return new CallWatch(this, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    /// <summary>Counts a call no longer.</summary>
    /// <param name="cancelled">Whether it was cancelled.</param>
    internal void Leave(bool cancelled)
    {
        lock (_lock)
        {
            if (--_calls == 0 && cancelled)
            {
                _source.Cancel();
            }
        }
    }
}
