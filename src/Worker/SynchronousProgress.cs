namespace EdgeBuild.Worker;

/// <summary>Reports on the caller's thread, so that a report is never later than the work that follows it.</summary>
/// <typeparam name="T">What is reported.</typeparam>
/// <param name="report">Receives the reports.</param>
public sealed class SynchronousProgress<T>(Action<T> report) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => report(value);
}
