namespace EdgeBuild.Training.Tests;

/// <summary>Calls back on the trainer's own thread after every finished step, and remembers what was reported.</summary>
internal sealed class StepObserver(Action<TrainingProgress>? onStep = null) : IProgress<TrainingProgress>
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly Lock _gate = new();

    public List<TrainingProgress> Reports { get; } = [];

    public int LastStep => Reports.Count == 0 ? 0 : Reports[^1].Step;

    public void Report(TrainingProgress value)
    {
        lock (_gate)
        {
            Reports.Add(value);
        }

        // Reports of the timer come on other threads, at any time.
        if (Environment.CurrentManagedThreadId == _thread)
        {
            onStep?.Invoke(value);
        }
    }
}
