namespace EdgeBuild.Training;

/// <summary>Reports the state of a run at steady intervals, also while a step takes long.</summary>
internal sealed class ProgressTicker : IDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(500);
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly Func<TrainingProgress> _snapshot;
    private readonly Lock _gate = new();
    private readonly Timer? _timer;

    /// <summary>Initializes a new instance of the <see cref="ProgressTicker"/> class.</summary>
    /// <param name="progress">The receiver, or null.</param>
    /// <param name="snapshot">Makes a report; called on other threads.</param>
    public ProgressTicker(IProgress<TrainingProgress>? progress, Func<TrainingProgress> snapshot)
    {
        _progress = progress;
        _snapshot = snapshot;
        _timer = progress is null ? null : new Timer(_ => Report(), null, TimeSpan.Zero, _interval);
    }

    /// <summary>Reports now.</summary>
    public void Report()
    {
        lock (_gate)
        {
            _progress?.Report(_snapshot());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A report that is under way ends before this returns; none follows.
        using var ended = new ManualResetEvent(false);
        if (_timer?.Dispose(ended) == true)
        {
            ended.WaitOne();
        }
    }
}
