namespace EdgeBuild.Runtime;

/// <summary>Counts one call of a batch.</summary>
internal sealed class CallWatch : IDisposable
{
    private readonly AbandonedBatch _batch;
    private readonly CancellationTokenRegistration _registration;
    private int _left;

    /// <summary>Initializes a new instance of the <see cref="CallWatch"/> class.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="cancellationToken">What ends the call.</param>
    public CallWatch(AbandonedBatch batch, CancellationToken cancellationToken)
    {
        _batch = batch;
        _registration = cancellationToken.UnsafeRegister(static watch => ((CallWatch)watch!).Leave(cancelled: true), this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Waits for a running callback, which uses the batch.
        _registration.Dispose();
        Leave(cancelled: false);
    }

    private void Leave(bool cancelled)
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            _batch.Leave(cancelled);
        }
    }
}
