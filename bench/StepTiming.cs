using System.Diagnostics;
using System.Globalization;
using EdgeBuild.Training;

namespace EdgeBuild.Benchmarks;

/// <summary>Times steps, and measures the GEMM peak before, between and after them.</summary>
/// <param name="type">The number format of the steps.</param>
/// <param name="atLeast">The time after which a few steps are enough.</param>
/// <param name="log">Receives each step.</param>
internal sealed class StepTiming(ComputeType type, TimeSpan atLeast, TextWriter log) : ITrainingLog
{
    private const int WarmUpSteps = 2;
    private const int LeastSteps = 3;
    private static readonly TimeSpan _longStep = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, double> _peaks = [];
    private readonly List<double> _seconds = [];
    private int _steps;

    /// <summary>Raised when enough steps were timed.</summary>
    public event Action? Enough;

    /// <summary>Gets the best of all measurements, by type.</summary>
    public IReadOnlyDictionary<string, double> Peaks => _peaks;

    /// <summary>Gets the median time of a step.</summary>
    public double MedianSeconds => _seconds.Order().ElementAt(_seconds.Count / 2);

    /// <summary>Gets the largest resident memory after the last step, before the last measurement of the peak.</summary>
    public long PeakMemory { get; private set; }

    /// <inheritdoc/>
    public void Begin(int finishedSteps)
    {
        Measure();
    }

    /// <inheritdoc/>
    public void Add(TrainingStep finished)
    {
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {finished.Step}: {finished.Duration.TotalSeconds:0.000} s"));

        // A step of a large model takes so long that making its buffers is nothing beside it; one of them is enough.
        bool isLong = finished.Duration >= _longStep;
        if (++_steps > WarmUpSteps || isLong)
        {
            _seconds.Add(finished.Duration.TotalSeconds);
        }

        PeakMemory = ReadPeakMemory();
        if (isLong || (_seconds.Count >= LeastSteps && _seconds.Sum() >= atLeast.TotalSeconds))
        {
            Enough?.Invoke();
        }
        else if (_seconds.Count == LeastSteps)
        {
            Measure();
        }
    }

    /// <inheritdoc/>
    public void Add(ValidationLoss validation)
    {
    }

    /// <summary>Takes the last measurement.</summary>
    public void End() => Measure();

    private static long ReadPeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private void Measure()
    {
        foreach ((string name, double value) in GemmPeak.Measure(type))
        {
            _peaks[name] = Math.Max(_peaks.GetValueOrDefault(name), value);
        }
    }
}
